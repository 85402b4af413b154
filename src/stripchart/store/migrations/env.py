"""Run migrations on the connection that ``catalog_schema.upgrade`` hands over."""

from alembic import context

from stripchart.store.catalog_tables import metadata

context.configure(
    connection=context.config.attributes["connection"],
    target_metadata=metadata,
    render_as_batch=True,
)
with context.begin_transaction():
    context.run_migrations()
