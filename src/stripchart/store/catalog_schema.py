"""Bring a catalog to this version's tables, or refuse one that a later version has written."""

from __future__ import annotations

from importlib.resources import as_file, files

from sqlalchemy import Connection, inspect, text

HEAD = "0003"
"""The revision that this version's tables are at; a test holds it to the newest migration.

It also stands for what is derived into them: a migration that changes either empties the derived tables, and ingest
fills them again from the journals.
"""


class CatalogTooNew(RuntimeError):
    """Refuse a catalog of a later version."""


def upgrade(connection: Connection) -> None:
    """Run the migrations that are missing, within the connection's transaction.

    Raises:
        CatalogTooNew: the catalog is at a revision that this version does not know.
    """
    revision = _revision(connection)
    if revision == HEAD:
        return  # the usual case, without the time that importing Alembic takes
    from alembic import command
    from alembic.config import Config
    from alembic.script import ScriptDirectory

    with as_file(files("stripchart.store").joinpath("migrations")) as folder:
        config = Config()
        config.set_main_option("script_location", str(folder).replace("%", "%%"))
        known = {script.revision for script in ScriptDirectory.from_config(config).walk_revisions()}
        if revision is not None and revision not in known:
            raise CatalogTooNew(
                f"the catalog is at revision {revision}, written by a later version of Stripchart;"
                f" this one knows up to {HEAD}. Upgrade Stripchart, or give it another home."
            )
        config.attributes["connection"] = connection
        command.upgrade(config, HEAD)


def _revision(connection: Connection) -> str | None:
    if not inspect(connection).has_table("alembic_version"):
        return None
    found = connection.execute(text("SELECT version_num FROM alembic_version")).scalar()
    return None if found is None else str(found)
