"""User properties of a task: short facts that are no parameters, shown and searched on the page."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from typing import Any

from stripchart.records import PropertiesSet, clean_text
from stripchart.sdk.guard import contained
from stripchart.sdk.held import Held, name_of
from stripchart.sdk.parameters import to_text
from stripchart.sdk.session import now_us

Property = dict[str, str]


class Properties(Held):
    """Set, read and remove user properties."""

    @contained("properties", returns=bool)
    def set_user_properties(
        self, /, *iterables: Mapping[str, Any] | Iterable[Mapping[str, Any]], **properties: Any
    ) -> bool:
        """Set properties and return whether that was done.

        Keywords are names and values. A value may be a dict with ``value``, ``description`` and ``type``. An iterable
        holds such dicts with ``name`` too, or is a dict of them by name.
        """
        values: dict[str, Property] = {}
        for each in iterables:
            values |= _named(each)
        values |= _named(properties)
        self._append(PropertiesSet(time_us=now_us(), values=values))
        return True

    @contained("properties", returns=dict, lost=False)
    def get_user_properties(self, value_only: bool = False) -> dict[str, Any]:
        """Return the properties by name, each a dict of name, value, type and description, or only its value."""
        found = self._read().properties
        if value_only:
            return {name: told.get("value", "") for name, told in found.items()}
        return {
            name: {"section": "properties", "name": name, "type": "", "description": ""} | told
            for name, told in found.items()
        }

    @contained("properties", returns=bool)
    def delete_user_properties(self, *iterables: Iterable[Any]) -> bool:
        """Remove properties and return whether one of them was there.

        Each iterable holds names, (section, name) pairs, or dicts with ``name``.
        """
        names = [_name_in(item) for each in iterables for item in _items(each)]
        present = [name for name in names if name in self._read().properties]
        if present:
            self._append(PropertiesSet(time_us=now_us(), values={}, removed=present))
        return bool(present)


def _named(each: Any) -> dict[str, Property]:
    if isinstance(each, Mapping):
        if "name" in each and "value" in each:
            return {name_of(each["name"]): _told(each)}
        return {name_of(name): _told(value) for name, value in each.items()}
    found: dict[str, Property] = {}
    for item in each:
        if not isinstance(item, Mapping) or "name" not in item:
            raise ValueError("each property in a list is a dict with name and value")
        found[name_of(item["name"])] = _told(item)
    return found


def _told(value: Any) -> Property:
    if not isinstance(value, Mapping):
        return {"value": to_text(value), "type": type(value).__name__}
    given = value.get("value")
    told = {
        "value": to_text(given),
        "type": clean_text(str(value.get("type") or type(given).__name__)),
    }
    if value.get("description"):
        told["description"] = clean_text(str(value["description"]))
    return told


def _items(each: Any) -> list[Any]:
    is_pair = isinstance(each, tuple) and len(each) == 2 and each[0] == "properties"
    return [each] if isinstance(each, str | Mapping) or is_pair else list(each)


def _name_in(item: Any) -> str:
    if isinstance(item, Mapping):
        return str(item["name"])
    return str(item) if isinstance(item, str) else str(item[-1])
