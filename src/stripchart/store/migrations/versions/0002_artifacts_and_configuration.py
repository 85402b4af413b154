"""Create the tables of artifacts, configuration objects and user properties; let parameters have a description.

Homes that are indexed already have these in their journals only: all that is derived is emptied, so that ingest
reads the journals again.
"""

import sqlalchemy as sa
from alembic import op

revision = "0002"
down_revision = "0001"
branch_labels = None
depends_on = None

_EMPTIED = ("tasks", "attempts", "writers", "notes", "costs", "declared", "metrics")


def _text(*names: str) -> list[sa.Column[str]]:
    return [sa.Column(name, sa.Text, nullable=False) for name in names]


def _big(name: str) -> sa.Column[int]:
    return sa.Column(name, sa.BigInteger, nullable=False)


def _key() -> list[sa.Column[str]]:
    return [
        sa.Column("task_id", sa.String(64), primary_key=True),
        sa.Column("key", sa.String(32), primary_key=True),
    ]


def _said() -> list[sa.Column[bool] | sa.Column[int] | sa.Column[str]]:
    return [
        sa.Column("removed", sa.Boolean, nullable=False),
        _big("clock_us"),
        sa.Column("writer", sa.String(64), nullable=False),
    ]


def upgrade() -> None:
    for table in _EMPTIED:
        op.execute(sa.text(f"DELETE FROM {table}"))
    op.drop_table("parameters")
    for table in ("parameters", "properties"):
        op.create_table(table, *_key(), *_text("name", "value", "type", "description"), *_said())
    op.create_table(
        "configurations",
        *_key(),
        *_text("name", "text", "type", "description"),
        _big("time_us"),
        *_said(),
    )
    op.create_table(
        "artifacts",
        *_key(),
        sa.Column("settled", sa.Boolean, primary_key=True),
        *_text("name", "type"),
        sa.Column("state", sa.String(16), nullable=False),
        *_text("url"),
        _big("size_bytes"),
        *_text("hash", "preview"),
        sa.Column("metadata", sa.JSON, nullable=False),
        *_text("error", "path", "destination"),
        _big("time_us"),
        *_said(),
    )
