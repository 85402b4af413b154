"""The tables of the catalog, and which of them are derived.

Everything in ``DERIVED`` comes from journals and can be thrown away and rebuilt; no other writer than ingest
touches it. What people say of a task on the page (name, tags, comment, archived) is in its journal too, see
``docs/adr/0011``. What is of no task (views, layouts, what can be undone) is born here, in tables that a reindex
does not touch.

A metric is named by (title, series), which may be megabytes of text; rows carry a digest of both (``key``), so
that every index stays narrow in any database.
"""

from __future__ import annotations

import hashlib

from sqlalchemy import (
    JSON,
    BigInteger,
    Boolean,
    Column,
    Double,
    Index,
    Integer,
    MetaData,
    String,
    Table,
    Text,
)

metadata = MetaData()


def metric_key(title: str, series: str) -> str:
    """Return the digest that names (title, series) in indices."""
    text = f"{len(title)}:{title}{series}".encode()
    return hashlib.blake2b(text, digest_size=16).hexdigest()


def name_key(name: str) -> str:
    """Return the digest that names a parameter, artifact, configuration or property in keys."""
    return hashlib.blake2b(name.encode(), digest_size=16).hexdigest()


tasks = Table(
    "tasks",
    metadata,
    Column("id", String(64), primary_key=True),
    Column("project", Text, nullable=False),
    Column("name", Text, nullable=False),
    Column("type", Text, nullable=False),
    Column("tags", JSON, nullable=False),
    Column("comment", Text, nullable=False),
    Column("parent", Text, nullable=False),
    Column("status", String(32), nullable=False),
    Column("status_reason", Text, nullable=False),
    Column("status_message", Text, nullable=False),
    Column("user", Text, nullable=False),
    Column("host", Text, nullable=False),
    Column("started_us", BigInteger),
    Column("updated_us", BigInteger),
    Column("ended_us", BigInteger),
    Column("iteration", BigInteger),
    Column("attempts", Integer, nullable=False),
    Column("lost", BigInteger, nullable=False),
    Column("archived", Boolean, nullable=False),
    Column("search_text", Text, nullable=False),  # case-folded name, project, tags and id
    Column("described", JSON, nullable=False),  # field -> [value, clock_us, writer]
    Index("tasks_by_project", "project"),
    Index("tasks_by_started", "started_us"),
    Index("tasks_by_updated", "updated_us"),
)

attempts = Table(
    "attempts",
    metadata,
    Column("task_id", String(64), primary_key=True),
    Column("number", Integer, primary_key=True, autoincrement=False),
    Column("started_us", BigInteger, nullable=False),
    Column("ended_us", BigInteger),
    Column("status", String(32), nullable=False),
    Column("reason", Text, nullable=False),
    Column("message", Text, nullable=False),
    Column("initial_iteration", BigInteger, nullable=False),
    Column("environment", JSON, nullable=False),  # key -> value
    Column(
        "said", JSON, nullable=False
    ),  # what the columns above were concluded from; see catalog_state
)

writers = Table(
    "writers",
    metadata,
    Column("task_id", String(64), primary_key=True),
    Column("writer", String(64), primary_key=True),
    Column("role", String(16), nullable=False),
    Column("host", Text, nullable=False),
    Column("pid", BigInteger, nullable=False),
    Column("rank", Integer, nullable=False),
    Column("attempt", Integer, nullable=False),
    Column("started_us", BigInteger, nullable=False),
    Column("closed", Boolean, nullable=False),
    Column("points", BigInteger, nullable=False),
    Column("record_bytes", BigInteger, nullable=False),
    Column("scalars_end", BigInteger, nullable=False),  # applied so far: a position of the journal
    Column("records_end", BigInteger, nullable=False),  # likewise
    Column("clock_us", BigInteger, nullable=False),  # highest time in its records; orders them
    Column("heard_us", BigInteger, nullable=False),  # highest time in records and points
    Column("console", JSON, nullable=False),  # state of console folding at records_end
)

# The value as a number where it writes one out, so that it is compared and sorted as such.
parameters = Table(
    "parameters",
    metadata,
    Column("task_id", String(64), primary_key=True),
    Column("key", String(32), primary_key=True),  # digest of the name
    Column("name", Text, nullable=False),
    Column("value", Text, nullable=False),
    Column("number", Double),
    Column("type", Text, nullable=False),
    Column("description", Text, nullable=False),
    Column("removed", Boolean, nullable=False),
    Column("clock_us", BigInteger, nullable=False),
    Column("writer", String(64), nullable=False),
    Index("parameters_by_key", "key"),
)

# The tags that a task has now, for questions: what was said of them is in its row.
tags = Table(
    "tags",
    metadata,
    Column("task_id", String(64), primary_key=True),
    Column("place", Integer, primary_key=True, autoincrement=False),
    Column("tag", Text, nullable=False),
)

# What the task said of an artifact, and what the recorder did of its upload (``settled``); see ``catalog_query``.
artifacts = Table(
    "artifacts",
    metadata,
    Column("task_id", String(64), primary_key=True),
    Column("key", String(32), primary_key=True),  # digest of the name
    Column("settled", Boolean, primary_key=True),
    Column("name", Text, nullable=False),
    Column("type", Text, nullable=False),
    Column("state", String(16), nullable=False),
    Column("url", Text, nullable=False),
    Column("size_bytes", BigInteger, nullable=False),
    Column("hash", Text, nullable=False),
    Column("preview", Text, nullable=False),
    Column("metadata", JSON, nullable=False),
    Column("error", Text, nullable=False),
    Column("path", Text, nullable=False),
    Column("destination", Text, nullable=False),
    Column("time_us", BigInteger, nullable=False),
    Column("removed", Boolean, nullable=False),
    Column("clock_us", BigInteger, nullable=False),
    Column("writer", String(64), nullable=False),
)

configurations = Table(
    "configurations",
    metadata,
    Column("task_id", String(64), primary_key=True),
    Column("key", String(32), primary_key=True),  # digest of the name
    Column("name", Text, nullable=False),
    Column("text", Text, nullable=False),
    Column("type", Text, nullable=False),
    Column("description", Text, nullable=False),
    Column("time_us", BigInteger, nullable=False),
    Column("removed", Boolean, nullable=False),
    Column("clock_us", BigInteger, nullable=False),
    Column("writer", String(64), nullable=False),
)

properties = Table(
    "properties",
    metadata,
    Column("task_id", String(64), primary_key=True),
    Column("key", String(32), primary_key=True),  # digest of the name
    Column("name", Text, nullable=False),
    Column("value", Text, nullable=False),
    Column("type", Text, nullable=False),
    Column("description", Text, nullable=False),
    Column("removed", Boolean, nullable=False),
    Column("clock_us", BigInteger, nullable=False),
    Column("writer", String(64), nullable=False),
)

notes = Table(
    "notes",
    metadata,
    Column("task_id", String(64), primary_key=True),
    Column("writer", String(64), primary_key=True),
    Column("code", String(200), primary_key=True),
    Column("message", Text, nullable=False),
    Column("count", BigInteger, nullable=False),
    Column("lost", Boolean, nullable=False),
    Column("time_us", BigInteger, nullable=False),
)

costs = Table(
    "costs",
    metadata,
    Column("task_id", String(64), primary_key=True),
    Column("writer", String(64), primary_key=True),
    Column("time_us", BigInteger, nullable=False),
    Column("recorder_cpu_sec", Double, nullable=False),
    Column("recorder_rss_bytes", BigInteger, nullable=False),
    Column("journal_bytes", BigInteger, nullable=False),
)

declared = Table(
    "declared",
    metadata,
    Column("task_id", String(64), primary_key=True),
    Column("writer", String(64), primary_key=True),
    Column("number", BigInteger, primary_key=True, autoincrement=False),
    Column("title", Text, nullable=False),
    Column("series", Text, nullable=False),
)

# The key stands first, so that all tasks' values of one metric lie together: that is what a table sorted by it reads.
metrics = Table(
    "metrics",
    metadata,
    Column("key", String(32), primary_key=True),
    Column("task_id", String(64), primary_key=True),
    Column("title", Text, nullable=False),
    Column("series", Text, nullable=False),
    Column("attempts", JSON, nullable=False),
    Column("ranks", JSON, nullable=False),
    Column("count", BigInteger, nullable=False),
    Column("non_finite", BigInteger, nullable=False),
    Column("low", BigInteger),
    Column("high", BigInteger),
    Column("first", Double),
    Column("first_iteration", BigInteger),
    Column("last", Double),
    Column("last_iteration", BigInteger),
    Column("min", Double),
    Column("min_iteration", BigInteger),
    Column("max", Double),
    Column("max_iteration", BigInteger),
    Column("mean", Double),
    Column(
        "monitor", Boolean, nullable=False
    ),  # a machine reading: says nothing of the task's iteration
    Index("metrics_by_task", "task_id"),
    sqlite_with_rowid=False,
)

# Every name that a metric or parameter of any task has, or had: found without reading a row for each task.
names = Table(
    "names",
    metadata,
    Column("kind", String(16), primary_key=True),  # "metric" or "parameter"
    Column("key", String(32), primary_key=True),
    Column("name", Text, nullable=False),  # the title of a metric
    Column("series", Text, nullable=False),
    Column("search_text", Text, nullable=False),  # case-folded
)

DERIVED = (
    tasks, attempts, writers, parameters, tags, artifacts, configurations, properties, notes, costs, declared, metrics,
    names,
)  # fmt: skip

# ---- what people did on the page

views = Table(
    "views",
    metadata,
    Column("id", String(32), primary_key=True),
    Column("name", Text, nullable=False),
    Column("project", Text, nullable=False),
    Column("page", String(32), nullable=False),
    Column("address", Text, nullable=False),
    Column("created_us", BigInteger, nullable=False),
    Column("updated_us", BigInteger, nullable=False),
)

layouts = Table(
    "layouts",
    metadata,
    Column("digest", String(32), primary_key=True),  # of the key
    Column("key", Text, nullable=False),
    Column("version", Integer, nullable=False),
    Column("document", JSON, nullable=False),
    Column("updated_us", BigInteger, nullable=False),
)

# What was done to tasks, so that it can be undone for a while.
operations = Table(
    "operations",
    metadata,
    Column("id", String(32), primary_key=True),
    Column("time_us", BigInteger, nullable=False),
    Column("action", String(32), nullable=False),
    Column("tasks", Integer, nullable=False),
    Column("before", JSON, nullable=False),
    Column("undone", Boolean, nullable=False),
    Index("operations_by_time", "time_us"),
)
