"""Turn what scripts keep their hyperparameters in into full names and texts, and follow later writes."""

from __future__ import annotations

import json
import sys
from collections.abc import Callable, Iterable, Mapping
from typing import Any

from stripchart.records import clean_text

DEFAULT_SECTION = "General"
_ABSENT: Any = object()


def flatten(values: Mapping[Any, Any], section: str = "") -> tuple[dict[str, str], dict[str, str]]:
    """Return texts and type names by full name; keys of nested dicts are joined with ``/``."""
    texts: dict[str, str] = {}
    types: dict[str, str] = {}
    for key, value in container(values).items():
        value = container(value)  # noqa: PLW2901
        name = clean_text(f"{section}/{key}" if section else str(key))
        if isinstance(value, Mapping) and value:
            inner_texts, inner_types = flatten(value, name)
            texts |= inner_texts
            types |= inner_types
        else:
            texts[name] = to_text(value)
            types[name] = type(value).__name__
    return texts, types


def container(value: Any) -> Any:
    """Return OmegaConf's dicts and lists as plain ones, resolved where they can be; others as they are.

    Theirs raise for what is still missing (``???``), and are no lists to anybody else.
    """
    omegaconf = sys.modules.get("omegaconf")
    if omegaconf is None or not isinstance(value, omegaconf.Container):
        return value
    try:
        return omegaconf.OmegaConf.to_container(value, resolve=True)
    except omegaconf.errors.OmegaConfBaseException:
        return omegaconf.OmegaConf.to_container(value)


def to_text(value: Any) -> str:
    """Write a value as text: ``None`` as the empty one, lists and the like as JSON where JSON can."""
    if value is None:
        return ""
    if isinstance(value, list | tuple | Mapping):
        try:
            # Of what JSON has no word for, the text: a path in a list is not to turn the list into Python's notation.
            return clean_text(json.dumps(value, ensure_ascii=False, default=str))
        except (TypeError, ValueError, RecursionError):
            pass
    return clean_text(str(value))


def cast(text: str, type_name: str) -> Any:
    """Return the value of a text by the name of the type it had; the text itself where that does not fit."""
    if type_name == "bool":
        return {"true": True, "1": True, "false": False, "0": False}.get(text.strip().lower(), text)
    try:
        if type_name == "int":
            return int(text)
        if type_name == "float":
            return float(text)
        if type_name in ("list", "tuple", "dict"):
            value = json.loads(text)
            return tuple(value) if type_name == "tuple" else value
    except (ValueError, RecursionError):
        return text
    return None if type_name == "NoneType" and not text else text


def nested(values: Mapping[str, Any]) -> dict[str, Any]:
    """Return a dict of sections from full names; a name that is also a section keeps its value under ``""``."""
    found: dict[str, Any] = {}
    for name, value in values.items():
        *sections, last = name.split("/")
        place = found
        for section in sections:
            inner = place.setdefault(section, {})
            if not isinstance(inner, dict):
                inner = place[section] = {"": inner}
            place = inner
        if isinstance(place.get(last), dict):
            place[last][""] = value
        else:
            place[last] = value
    return found


def attributes_of(thing: Any) -> dict[str, Any]:
    """Return the parameters of an object: a class's own attributes and its bases', an instance's own.

    Private names and what can be called are left out.
    """
    to_dict = getattr(thing, "to_dict", None)
    if callable(to_dict) and not isinstance(thing, type):
        told = to_dict()
        if isinstance(told, Mapping):
            return dict(told)
    if isinstance(thing, type):
        found: dict[str, Any] = {}
        for base in reversed(thing.__mro__[:-1]):
            found |= vars(base)
    else:
        names = [n for base in type(thing).__mro__ for n in _slots(base)]
        found = {n: getattr(thing, n) for n in names if hasattr(thing, n)}
        found |= getattr(thing, "__dict__", {})
    return {n: v for n, v in found.items() if not n.startswith("_") and _is_value(v)}


def _slots(base: type) -> list[str]:
    slots = base.__dict__.get("__slots__", ())
    return [slots] if isinstance(slots, str) else list(slots)


def _is_value(value: Any) -> bool:
    return not callable(value) and not isinstance(value, property | classmethod | staticmethod)


class LiveDict(dict[Any, Any]):
    """Be the dict that was connected, and pass every later write on.

    Nested dicts are live too. Copies and pickles are plain dicts.
    """

    def __init__(
        self, values: Mapping[Any, Any], name: str, push: Callable[[str, Any, bool], None]
    ) -> None:
        super().__init__()
        self._name = name
        self._push = push
        for key, value in values.items():
            super().__setitem__(key, self._live(key, value))

    def _live(self, key: Any, value: Any) -> Any:
        # Only plain dicts: an OrderedDict or a class of the script's own stays what it is.
        return LiveDict(value, f"{self._name}/{key}", self._push) if type(value) is dict else value

    def __setitem__(self, key: Any, value: Any) -> None:
        super().__setitem__(key, self._live(key, value))
        self._push(f"{self._name}/{key}", value, False)

    def __delitem__(self, key: Any) -> None:
        value = self[key]
        super().__delitem__(key)
        self._push(f"{self._name}/{key}", value, True)

    def update(self, *others: Any, **named: Any) -> None:
        """Set every item as ``dict.update`` would."""
        for key, value in dict(*others, **named).items():
            self[key] = value

    def __ior__(self, other: Any) -> LiveDict:  # type: ignore[misc]
        self.update(other)
        return self

    def setdefault(self, key: Any, default: Any = None) -> Any:
        """Return the item, which is set if it was absent."""
        if key not in self:
            self[key] = default
        return self[key]

    def pop(self, key: Any, default: Any = _ABSENT) -> Any:
        """Remove and return an item."""
        if key not in self and default is not _ABSENT:
            return default
        value = self[key]
        del self[key]
        return value

    def popitem(self) -> tuple[Any, Any]:
        """Remove and return the last item."""
        key = next(reversed(self), _ABSENT)
        if key is _ABSENT:
            raise KeyError("popitem(): dictionary is empty")
        return key, self.pop(key)

    def clear(self) -> None:
        """Remove every item."""
        for key in list(self):
            del self[key]

    def __reduce__(self) -> tuple[Any, ...]:
        return dict, (dict(self),)

    def copy(self) -> dict[Any, Any]:
        """Return a plain dict of the items."""
        return dict(self)


def merged(dicts: Iterable[Any], named: Mapping[str, Any]) -> dict[Any, Any]:
    """Merge the arguments of ``set_parameters``."""
    values: dict[Any, Any] = {}
    for each in dicts:
        values.update(each)
    values.update(named)
    return values
