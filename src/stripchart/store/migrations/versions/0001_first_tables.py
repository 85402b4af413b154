"""Create the first tables.

A migration states its tables in full and imports nothing of the package: it must do tomorrow what it does today.
"""

import sqlalchemy as sa
from alembic import op

revision = "0001"
down_revision = None
branch_labels = None
depends_on = None


def _text(*names: str) -> list[sa.Column[str]]:
    return [sa.Column(name, sa.Text, nullable=False) for name in names]


def _big(*names: str, nullable: bool = False) -> list[sa.Column[int]]:
    return [sa.Column(name, sa.BigInteger, nullable=nullable) for name in names]


def _json(*names: str) -> list[sa.Column[object]]:
    return [sa.Column(name, sa.JSON, nullable=False) for name in names]


def _key(name: str, size: int = 64) -> sa.Column[str]:
    return sa.Column(name, sa.String(size), primary_key=True)


def upgrade() -> None:
    _tasks()
    _attempts_and_writers()
    _small_tables()
    _metrics()


def _tasks() -> None:
    op.create_table(
        "tasks",
        _key("id"),
        *_text("project", "name", "type"),
        *_json("tags"),
        *_text("comment", "parent"),
        sa.Column("status", sa.String(32), nullable=False),
        *_text("status_reason", "status_message", "user", "host"),
        *_big("started_us", "updated_us", "ended_us", "iteration", nullable=True),
        sa.Column("attempts", sa.Integer, nullable=False),
        *_big("lost"),
        *_text("search_text"),
        *_json("described"),
    )
    op.create_index("tasks_by_project", "tasks", ["project"])
    op.create_index("tasks_by_started", "tasks", ["started_us"])
    op.create_index("tasks_by_updated", "tasks", ["updated_us"])


def _attempts_and_writers() -> None:
    op.create_table(
        "attempts",
        _key("task_id"),
        sa.Column("number", sa.Integer, primary_key=True, autoincrement=False),
        *_big("started_us"),
        *_big("ended_us", nullable=True),
        sa.Column("status", sa.String(32), nullable=False),
        *_text("reason", "message"),
        *_big("initial_iteration"),
        *_json("environment", "said"),
    )
    op.create_table(
        "writers",
        _key("task_id"),
        _key("writer"),
        sa.Column("role", sa.String(16), nullable=False),
        *_text("host"),
        *_big("pid"),
        sa.Column("rank", sa.Integer, nullable=False),
        sa.Column("attempt", sa.Integer, nullable=False),
        *_big("started_us"),
        sa.Column("closed", sa.Boolean, nullable=False),
        *_big("points", "record_bytes", "scalars_end", "records_end", "clock_us", "heard_us"),
        *_json("console"),
    )


def _small_tables() -> None:
    op.create_table(
        "parameters",
        _key("task_id"),
        _key("key", 32),
        *_text("name", "value", "type"),
        sa.Column("removed", sa.Boolean, nullable=False),
        *_big("clock_us"),
        sa.Column("writer", sa.String(64), nullable=False),
    )
    op.create_table(
        "notes",
        _key("task_id"),
        _key("writer"),
        _key("code", 200),
        *_text("message"),
        *_big("count"),
        sa.Column("lost", sa.Boolean, nullable=False),
        *_big("time_us"),
    )
    op.create_table(
        "costs",
        _key("task_id"),
        _key("writer"),
        *_big("time_us"),
        sa.Column("recorder_cpu_sec", sa.Double, nullable=False),
        *_big("recorder_rss_bytes", "journal_bytes"),
    )
    op.create_table(
        "declared",
        _key("task_id"),
        _key("writer"),
        sa.Column("number", sa.BigInteger, primary_key=True, autoincrement=False),
        *_text("title", "series"),
    )


def _metrics() -> None:
    places: list[sa.Column[float] | sa.Column[int]] = []
    for name in ("first", "last", "min", "max"):
        places.append(sa.Column(name, sa.Double))
        places.append(sa.Column(f"{name}_iteration", sa.BigInteger))
    op.create_table(
        "metrics",
        _key("key", 32),
        _key("task_id"),
        *_text("title", "series"),
        *_json("attempts", "ranks"),
        *_big("count", "non_finite"),
        *_big("low", "high", nullable=True),
        *places,
        sa.Column("mean", sa.Double),
        sa.Column("monitor", sa.Boolean, nullable=False),
        sqlite_with_rowid=False,
    )
    op.create_index("metrics_by_task", "metrics", ["task_id"])
