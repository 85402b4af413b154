"""Credentials of upload destinations, as ``[storage]`` of ``config.toml`` holds them.

```toml
[storage.s3]                      # for all of s3://
key = "…"
secret = "…"
region = "eu-central-1"

[[storage.buckets]]               # for what begins so; the longest one wins
prefix = "s3://minio.lab:9000/runs"
key = "…"
secret = "…"
secure = false
```

What is not set is taken from the environment and from the machine's own identity, as the clouds' own tools do. No
secret is in a ``repr`` or in an error.
"""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

_ANY: dict[str, type] = {"endpoint": str, "secure": bool, "verify": bool}
_KEYS: dict[str, dict[str, type]] = {
    "s3": _ANY | dict.fromkeys(("key", "secret", "token", "region", "profile"), str),
    "gs": _ANY | {"credentials_json": str, "anonymous": bool},
    "azure": _ANY
    | dict.fromkeys(("account_name", "account_key", "sas_token"), str)
    | {"use_default_credential": bool},
    "http": {"token": str},
    "https": {"token": str, "verify": bool},
}
_TYPE_NAMES = {str: "text", bool: "true or false"}


class Storage:
    """Hold the credentials by destination; which keys there are is written in ``docs/guides/storage.md``."""

    def __init__(self, table: Mapping[str, Any] | None = None) -> None:
        """Check and take the table ``[storage]``.

        Raises:
            ValueError: a key is unknown or of the wrong type; the message names it and shows no value.
        """
        table = {} if table is None else table
        if not isinstance(table, Mapping):
            raise ValueError("[storage] is a table")
        self._schemes: dict[str, dict[str, Any]] = {}
        self._buckets: dict[str, dict[str, Any]] = {}
        for name, value in table.items():
            if name == "buckets":
                self._take_buckets(value)
            elif name in _KEYS:
                self._schemes[name] = _checked(f"[storage.{name}]", name, value)
            else:
                known = ", ".join([*_KEYS, "buckets"])
                raise ValueError(f"[storage] has {known}, but not {name!r}")

    def _take_buckets(self, value: Any) -> None:
        where = "[[storage.buckets]]"
        if not isinstance(value, list) or not all(isinstance(v, Mapping) for v in value):
            raise ValueError(f"{where} is a list of tables")
        for entry in value:
            prefix = entry.get("prefix")
            scheme = str(prefix).split("://", maxsplit=1)[0]
            if not isinstance(prefix, str) or "://" not in prefix or scheme not in _KEYS:
                known = ", ".join(f"{name}://" for name in _KEYS)
                raise ValueError(f"{where} needs a prefix that begins with one of {known}")
            rest = {key: value for key, value in entry.items() if key != "prefix"}
            self._buckets[_normal(prefix)] = _checked(f"{where} {prefix}", scheme, rest)

    def of(self, uri: str) -> dict[str, Any]:
        """Return what is set for a destination: of its longest prefix, else of its scheme."""
        uri = _normal(uri)
        fit = [p for p in self._buckets if uri == p or uri.startswith(f"{p}/")]
        if fit:
            return dict(self._buckets[max(fit, key=len)])
        return dict(self._schemes.get(uri.split("://", maxsplit=1)[0], {}))

    def names(self, uri: str) -> bool:
        """Tell whether a prefix of ``[[storage.buckets]]`` covers a place."""
        uri = _normal(uri)
        return any(uri == p or uri.startswith(f"{p}/") for p in self._buckets)

    def of_scheme(self, scheme: str) -> dict[str, Any]:
        """Return what is set for all of a scheme."""
        return dict(self._schemes.get(scheme, {}))

    def given(self, prefix: str, values: Mapping[str, Any]) -> Storage:
        """Return these credentials with those of a destination added, or replaced.

        Raises:
            ValueError: as the constructor does.
        """
        buckets = {p: v for p, v in self._buckets.items() if p != _normal(prefix)}
        listed = [{"prefix": p, **v} for p, v in buckets.items()]
        return Storage({**self._schemes, "buckets": [*listed, {"prefix": prefix, **values}]})

    def secrets(self) -> list[str]:
        """Return every secret text, so that whoever shows messages of others can take them out."""
        names = ("secret", "token", "account_key", "sas_token")
        entries = (*self._schemes.values(), *self._buckets.values())
        return [entry[name] for entry in entries for name in names if entry.get(name)]

    def __eq__(self, other: object) -> bool:
        """Compare by content."""
        if not isinstance(other, Storage):
            return NotImplemented
        return (self._schemes, self._buckets) == (other._schemes, other._buckets)

    def __hash__(self) -> int:
        """Hash by the names of the destinations: nothing changes after the start."""
        return hash((*self._schemes, *self._buckets))

    def __repr__(self) -> str:
        """Name what there are credentials for, and none of them."""
        return ", ".join([*self._schemes, *self._buckets]) or "none"


def _normal(prefix: str) -> str:
    return prefix.rstrip("/").lower()


def _checked(where: str, scheme: str, value: Any) -> dict[str, Any]:
    if not isinstance(value, Mapping):
        raise ValueError(f"{where} is a table")
    for name, given in value.items():
        kind = _KEYS[scheme].get(name)
        if kind is None:
            raise ValueError(f"{where} has {', '.join(_KEYS[scheme])}, but not {name!r}")
        if not isinstance(given, kind):
            raise ValueError(f"{where}: {name!r} is {_TYPE_NAMES[kind]}")
    return dict(value)
