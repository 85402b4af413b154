"""Configuration objects of a task: named texts of any format."""

from __future__ import annotations

import json
from collections.abc import Mapping
from typing import Any

from stripchart.records import ConfigurationSet, clean_text
from stripchart.sdk.connecting import to_json
from stripchart.sdk.errors import UsageError
from stripchart.sdk.guard import contained
from stripchart.sdk.held import Held, name_of
from stripchart.sdk.session import now_us


class Configuration(Held):
    """Set and read configuration objects by name."""

    @contained("configuration")
    def set_configuration_object(
        self,
        name: str,
        config_text: str | None = None,
        description: str | None = None,
        config_type: str | None = None,
        config_dict: Mapping[str, Any] | list[Any] | None = None,
    ) -> None:
        """Set a configuration object, as text or as a dict (kept as JSON); with neither it is removed."""
        if config_text is not None and config_dict is not None:
            raise UsageError("set_configuration_object takes config_text or config_dict, not both")
        text = to_json(config_dict) if config_dict is not None else config_text
        kind = config_type or ("dictionary" if config_dict is not None else "")
        self._append(
            ConfigurationSet(
                time_us=now_us(),
                name=name_of(name),
                text=None if text is None else clean_text(str(text)),
                type=clean_text(str(kind)),
                description=clean_text(str(description or "")),
            )
        )

    @contained("configuration", lost=False)
    def get_configuration_object(self, name: str) -> str | None:
        """Return the text of a configuration object, ``None`` where there is none of this name."""
        kept = self._read().configurations.get(name)
        return kept.text if kept is not None else None

    @contained("configuration", lost=False)
    def get_configuration_object_as_dict(self, name: str) -> dict[str, Any] | list[Any] | None:
        """Return a configuration object as dict or list: JSON, YAML with PyYAML, HOCON with pyhocon."""
        text = self.get_configuration_object(name)
        return None if text is None else parsed_text(text)

    @contained("configuration", returns=dict, lost=False)
    def get_configuration_objects(self) -> dict[str, str]:
        """Return the texts of all configuration objects by name."""
        return {name: kept.text or "" for name, kept in self._read().configurations.items()}


def parsed_text(text: str) -> dict[str, Any] | list[Any]:
    """Read a configuration's text as a dict or list.

    Raises:
        ValueError: it is of no format that can be read here.
    """
    for parse in (json.loads, _toml, _yaml, _hocon):
        try:
            value = parse(text)
        except Exception:  # noqa: BLE001 - a parser's own kind of error says: not this format
            continue
        if isinstance(value, dict | list):
            return value
    raise ValueError("the configuration is neither JSON, TOML, YAML (PyYAML) nor HOCON (pyhocon)")


def _toml(text: str) -> Any:
    import tomllib

    return tomllib.loads(text)


def _yaml(text: str) -> Any:
    from importlib import import_module

    return import_module("yaml").safe_load(text)


def _hocon(text: str) -> Any:
    from importlib import import_module

    return import_module("pyhocon").ConfigFactory.parse_string(text).as_plain_ordered_dict()
