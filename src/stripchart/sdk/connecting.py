"""``connect`` and its kin: record what a script keeps its settings in, and follow later writes."""

from __future__ import annotations

import json
import operator
import sys
import weakref
from collections.abc import Mapping
from pathlib import Path
from typing import TYPE_CHECKING, Any

from stripchart.capture.parsing import Parsed
from stripchart.records import ConfigurationSet, clean_text
from stripchart.sdk import guard, parameters
from stripchart.sdk.errors import UsageError
from stripchart.sdk.guard import contained, user_line
from stripchart.sdk.held import name_of
from stripchart.sdk.hyperparameters import Hyperparameters
from stripchart.sdk.session import now_us

if TYPE_CHECKING:
    import argparse

LABELS = "labels"
_ARGUMENTS_SECTION = "Args"
_MOST_FILE_BYTES = 16 << 20


class Connecting(Hyperparameters):
    """Connect dicts, objects, argument parsers, configuration files and label enumerations."""

    def connect(
        self, mutable: Any, name: str | None = None, ignore_remote_overrides: bool = False
    ) -> Any:
        """Record the parameters in a dict, object, class, argument parser or its namespace, or a model; return it.

        The section is ``name``, or ``General`` (``Args`` for arguments). Of a dict a live one comes back, whose later
        writes are recorded too; a parser's arguments are recorded as the command line has them, and anew when they
        are parsed; of an object the public attributes that are values are recorded as they are now. Nothing here
        overrides what the script has set.
        """
        connected = self._connect(mutable, name)
        return mutable if connected is None else connected

    @contained("parameters")
    def _connect(self, mutable: Any, name: str | None) -> Any:
        section = clean_text(str(name)) if name else parameters.DEFAULT_SECTION
        models = sys.modules.get("stripchart.sdk.model")
        if models is not None and isinstance(mutable, models.BaseModel):
            mutable.connect(self, name)
            return mutable
        if isinstance(mutable, dict):
            self._set(mutable, section)
            return parameters.LiveDict(mutable, section, self._push)
        parsing = sys.modules.get("argparse")  # what has not been imported, nobody has an object of
        if parsing is not None and isinstance(mutable, parsing.ArgumentParser):
            self._follow_parser(mutable, section if name else _ARGUMENTS_SECTION)
        elif parsing is not None and isinstance(mutable, parsing.Namespace):
            self._set(vars(mutable), section if name else _ARGUMENTS_SECTION)
        elif isinstance(mutable, Mapping):
            self._set(mutable, section)
        elif type(mutable).__module__ == "builtins" and not isinstance(mutable, type):
            raise UsageError(
                f"connect takes a dict, an object or an argument parser; a {type(mutable).__name__} "
                "was not recorded"
            )
        else:
            self._set(parameters.attributes_of(mutable), section)
        return mutable

    def _follow_parser(self, parser: argparse.ArgumentParser, section: str) -> None:
        from stripchart.capture import argparse_parsers

        connected = _ConnectedParser(self, parser, section)
        self._session.on_closing.append(argparse_parsers.PARSES.follow(connected))
        if not connected.has_parsed:
            self._foresee(parser, section)

    def _foresee(self, parser: argparse.ArgumentParser, section: str) -> None:
        """Record what a parser will make of the command line, or has made before this package was imported."""
        from stripchart.sdk import command_line

        try:
            values, untold = command_line.values_of(parser)
        except command_line.Unread as error:
            message = f"connect(parser): {error}; its arguments are recorded when it parses"
            self._losses.note("arguments", message, lost=False, where=user_line())
        else:
            self._set(values, section)
            if untold:
                names = ", ".join(untold)
                message = (
                    f"connect(parser): {names} is recorded when it is parsed; if that has been, "
                    "connect what parse_args returned"
                )
                self._losses.note("arguments", message, lost=False, where=user_line())

    @contained("parameters")
    def _push(self, name: str, value: Any, removed: bool) -> None:
        if not removed:
            self._set({name: value})
        else:
            names, _ = parameters.flatten({name: value})
            self._append_parameters(removed=list(names))

    # -- configuration ---------------------------------------------------------------------------------------

    def connect_configuration(
        self,
        configuration: Mapping[str, Any] | list[Any] | Path | str,
        name: str | None = None,
        description: str | None = None,
        ignore_remote_overrides: bool = False,
    ) -> dict[str, Any] | Mapping[str, Any] | list[Any] | Path | str:
        """Record a configuration under a name (``General``), and return it: a dict, a list, or a file's path.

        Of a dict a live one comes back, after whose later writes it is recorded anew. A dict or list is kept as JSON,
        a file as its text, of at most 16 MiB.
        """
        title = name_of(name or parameters.DEFAULT_SECTION)
        connected = self._connect_configuration(configuration, title, str(description or ""))
        return configuration if connected is None else connected

    @contained("configuration")
    def _connect_configuration(self, configuration: Any, name: str, description: str) -> Any:
        plain = parameters.container(configuration)
        if (
            plain is not configuration
        ):  # OmegaConf's, which is used by attributes: it stays what it is
            self._keep_configuration(name, to_json(plain), "dictionary", description)
        elif isinstance(configuration, Mapping):
            live: dict[str, Any] = {}

            def again(*_: Any) -> None:
                self._keep_configuration(name, to_json(live), "dictionary", description)

            live = parameters.LiveDict(configuration, "", again)
            again()
            return live
        elif isinstance(configuration, list | tuple):
            self._keep_configuration(name, to_json(configuration), "list", description)
        elif isinstance(configuration, str | Path):
            text = _file_text(Path(configuration))
            kind = Path(configuration).suffix.removeprefix(".")
            self._keep_configuration(name, text, kind, description)
        else:
            raise UsageError(
                "connect_configuration takes a dict, a list or the path of a file, got "
                f"{type(configuration).__name__}"
            )
        return configuration

    @contained("configuration")
    def _keep_configuration(self, name: str, text: str, kind: str, description: str) -> None:
        self._append(
            ConfigurationSet(
                time_us=now_us(),
                name=name,
                text=clean_text(text),
                type=clean_text(kind),
                description=clean_text(description),
            )
        )

    def connect_label_enumeration(
        self, enumeration: dict[str, int], ignore_remote_overrides: bool = False
    ) -> dict[str, int]:
        """Record which number stands for which label, and return it; kept as the configuration ``labels``.

        Raises:
            ValueError: it is not a dict, or a number in it is none; the labels of before are kept.
        """
        if not isinstance(enumeration, dict):
            raise ValueError(
                f"connect_label_enumeration takes a dict, got {type(enumeration).__name__}"
            )
        self._keep_configuration(LABELS, to_json(enumerated(enumeration)), "labels", "")
        return enumeration

    @contained("configuration", returns=dict, lost=False)
    def get_labels_enumeration(self) -> dict[str, int]:
        """Return which number stands for which label, as it was connected."""
        kept = self._read().configurations.get(LABELS)
        labels: dict[str, int] = json.loads(kept.text or "{}") if kept is not None else {}
        return labels


class _ConnectedParser:
    """Record what a parser parses, in a section of its own."""

    def __init__(self, task: Connecting, parser: argparse.ArgumentParser, section: str) -> None:
        self._task = task
        self._key = weakref.ref(parser)
        self._section = section
        self.has_parsed = False

    def parsed(self, parsed: Parsed) -> None:
        """Record what was parsed, where it is by this parser."""
        if parsed.key == self._key:
            self.has_parsed = True
            self._task._parameters_parsed(*(parsed.named(self._section)))

    def on_error(self, error: Exception) -> None:
        """Note an error of ours."""
        guard.handle(error, self._task._losses, "parameters")


def enumerated(labels: Mapping[Any, Any]) -> dict[str, int]:
    """Return which number stands for which label.

    Raises:
        ValueError: something does not stand for an integer.
    """
    if not isinstance(labels, Mapping):
        raise ValueError(f"a label enumeration is a dict, not a {type(labels).__name__}")
    for label, number in labels.items():
        if not hasattr(type(number), "__index__"):  # NumPy's integers have it too
            raise ValueError(f"the label {label!r:.100} stands for {number!r:.100}, not an integer")
    return {str(label): operator.index(number) for label, number in labels.items()}


def to_json(value: Any) -> str:
    """Write a configuration as JSON; what JSON has no word for is written as its text."""
    try:
        return json.dumps(value, indent=2, ensure_ascii=False, default=str)
    except (TypeError, ValueError, RecursionError):
        return json.dumps(str(value), ensure_ascii=False)


def _file_text(path: Path) -> str:
    with open(path, "rb") as file:
        content = file.read(_MOST_FILE_BYTES + 1)
    if len(content) > _MOST_FILE_BYTES:
        raise UsageError(f"{path} is larger than 16 MiB: upload it as an artifact")
    return content.decode("utf-8", "backslashreplace")
