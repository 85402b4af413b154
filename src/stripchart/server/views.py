"""Saved views, and the layouts of pages: small documents that the server keeps and does not read."""

from __future__ import annotations

import msgspec

from stripchart.records import clean_text
from stripchart.server import schema
from stripchart.server.errors import BadRequestError, NotFoundError
from stripchart.store.catalog import Catalog

LONGEST_NAME = 200
LONGEST_ADDRESS = 32 << 10
LONGEST_KEY = 4096
LARGEST_LAYOUT_BYTES = 256 << 10
MOST_VIEWS = 10_000


def listed(catalog: Catalog, *, page: str | None, project: str | None) -> schema.ViewList:
    """Return the saved views."""
    found = catalog.page.views(page=page, project=project)
    return schema.ViewList(
        views=[msgspec.convert(view, schema.View, from_attributes=True) for view in found]
    )


def add(catalog: Catalog, wish: schema.ViewSettings) -> schema.View:
    """Save a view.

    Raises:
        BadRequestError: it has no name, is too long, or there are too many.
    """
    fields = _fields(wish)
    if len(catalog.page.views()) >= MOST_VIEWS:
        raise BadRequestError(f"at most {MOST_VIEWS} views")
    made = catalog.page.add_view(**fields)
    return msgspec.convert(made, schema.View, from_attributes=True)


def change(catalog: Catalog, view_id: str, wish: schema.ViewSettings) -> schema.View:
    """Replace a view.

    Raises:
        BadRequestError: as ``add``.
        NotFoundError: there is none of this id.
    """
    changed = catalog.page.change_view(view_id, **_fields(wish))
    if changed is None:
        raise _no_view(view_id)
    return msgspec.convert(changed, schema.View, from_attributes=True)


def remove(catalog: Catalog, view_id: str) -> None:
    """Remove a view.

    Raises:
        NotFoundError: there is none of this id.
    """
    if not catalog.page.remove_view(view_id):
        raise _no_view(view_id)


def layout(catalog: Catalog, key: str, version: int) -> schema.Layout:
    """Return what is kept under a key, if it is of this version."""
    kept = catalog.page.layout(_key(key))
    if kept is None:
        return schema.Layout(version=version)
    if kept.version != version:
        note = f"the layout kept is of version {kept.version}, not {version}: it is left aside"
        return schema.Layout(version=kept.version, updated_us=kept.updated_us, note=note)
    return schema.Layout(version=version, document=kept.document, updated_us=kept.updated_us)


def keep_layout(catalog: Catalog, key: str, wish: schema.Layout) -> schema.Layout:
    """Keep a document under a key.

    Raises:
        BadRequestError: it is too large.
    """
    if len(msgspec.json.encode(wish.document)) > LARGEST_LAYOUT_BYTES:
        raise BadRequestError(f"a layout has at most {LARGEST_LAYOUT_BYTES >> 10} KiB")
    if not 0 <= wish.version < 1 << 31:
        raise BadRequestError("version is a number from 0 on")
    kept = catalog.page.keep_layout(_key(key), wish.version, wish.document)
    return msgspec.convert(kept, schema.Layout, from_attributes=True)


def _key(key: str) -> str:
    if not 0 < len(key) <= LONGEST_KEY:
        raise BadRequestError(f"a key has 1 to {LONGEST_KEY} characters")
    return clean_text(key)


def _fields(wish: schema.ViewSettings) -> dict[str, str]:
    name = clean_text(wish.name).strip()
    if not 0 < len(name) <= LONGEST_NAME:
        raise BadRequestError(f"the name of a view has 1 to {LONGEST_NAME} characters")
    if len(wish.address) > LONGEST_ADDRESS:
        raise BadRequestError(f"the address of a view has at most {LONGEST_ADDRESS} characters")
    if len(wish.page) > 32 or len(wish.project) > LONGEST_KEY:
        raise BadRequestError("the page or project of a view is too long")
    return {
        "name": name,
        "project": clean_text(wish.project),
        "page": clean_text(wish.page),
        "address": clean_text(wish.address),
    }


def _no_view(view_id: str) -> NotFoundError:
    return NotFoundError(f"no view {view_id[:100]!r}", view=view_id[:100])
