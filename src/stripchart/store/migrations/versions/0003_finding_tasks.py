"""Add what tasks are found by (archived, tags, numbers of parameters, names) and what people make on the page.

Homes that are indexed already have the former in their journals only: all that is derived is emptied, so that
ingest reads the journals again.
"""

import sqlalchemy as sa
from alembic import op

revision = "0003"
down_revision = "0002"
branch_labels = None
depends_on = None

_EMPTIED = (
    "attempts", "writers", "artifacts", "configurations", "properties", "notes", "costs", "declared", "metrics",
)  # fmt: skip


def _text(*names: str) -> list[sa.Column[str]]:
    return [sa.Column(name, sa.Text, nullable=False) for name in names]


def _big(*names: str, nullable: bool = False) -> list[sa.Column[int]]:
    return [sa.Column(name, sa.BigInteger, nullable=nullable) for name in names]


def _key(name: str, size: int = 64) -> sa.Column[str]:
    return sa.Column(name, sa.String(size), primary_key=True)


def upgrade() -> None:
    for table in _EMPTIED:
        op.execute(sa.text(f"DELETE FROM {table}"))
    for table in ("tasks", "parameters"):
        op.drop_table(table)
    _tasks()
    _parameters()
    _found_by()
    _page()


def _tasks() -> None:
    op.create_table(
        "tasks",
        _key("id"),
        *_text("project", "name", "type"),
        sa.Column("tags", sa.JSON, nullable=False),
        *_text("comment", "parent"),
        sa.Column("status", sa.String(32), nullable=False),
        *_text("status_reason", "status_message", "user", "host"),
        *_big("started_us", "updated_us", "ended_us", "iteration", nullable=True),
        sa.Column("attempts", sa.Integer, nullable=False),
        *_big("lost"),
        sa.Column("archived", sa.Boolean, nullable=False),
        *_text("search_text"),
        sa.Column("described", sa.JSON, nullable=False),
    )
    op.create_index("tasks_by_project", "tasks", ["project"])
    op.create_index("tasks_by_started", "tasks", ["started_us"])
    op.create_index("tasks_by_updated", "tasks", ["updated_us"])


def _parameters() -> None:
    op.create_table(
        "parameters",
        _key("task_id"),
        _key("key", 32),
        *_text("name", "value"),
        sa.Column("number", sa.Double),
        *_text("type", "description"),
        sa.Column("removed", sa.Boolean, nullable=False),
        *_big("clock_us"),
        sa.Column("writer", sa.String(64), nullable=False),
    )
    op.create_index("parameters_by_key", "parameters", ["key"])


def _found_by() -> None:
    op.create_table(
        "tags",
        _key("task_id"),
        sa.Column("place", sa.Integer, primary_key=True, autoincrement=False),
        *_text("tag"),
    )
    op.create_table(
        "names",
        _key("kind", 16),
        _key("key", 32),
        *_text("name", "series", "search_text"),
    )


def _page() -> None:
    op.create_table(
        "views",
        _key("id", 32),
        *_text("name", "project"),
        sa.Column("page", sa.String(32), nullable=False),
        *_text("address"),
        *_big("created_us", "updated_us"),
    )
    op.create_table(
        "layouts",
        _key("digest", 32),
        *_text("key"),
        sa.Column("version", sa.Integer, nullable=False),
        sa.Column("document", sa.JSON, nullable=False),
        *_big("updated_us"),
    )
    op.create_table(
        "operations",
        _key("id", 32),
        *_big("time_us"),
        sa.Column("action", sa.String(32), nullable=False),
        sa.Column("tasks", sa.Integer, nullable=False),
        sa.Column("before", sa.JSON, nullable=False),
        sa.Column("undone", sa.Boolean, nullable=False),
    )
    op.create_index("operations_by_time", "operations", ["time_us"])
