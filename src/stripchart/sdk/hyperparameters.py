"""Parameters of a task: set, changed, removed and read by their full name, ``section/name``."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from stripchart.records import clean_text
from stripchart.sdk import parameters
from stripchart.sdk.guard import contained
from stripchart.sdk.held import Held


class Hyperparameters(Held):
    """Set and read parameters; they are kept as texts, with the name of the type they had."""

    @contained("parameters")
    def set_parameters(self, /, *args: Mapping[str, Any], **kwargs: Any) -> None:
        """Replace all parameters by those of the dicts and keywords; names are ``section/name``."""
        self._replace_parameters(parameters.merged(args, kwargs))

    @contained("parameters")
    def set_parameters_as_dict(self, dictionary: Mapping[str, Any]) -> None:
        """Replace all parameters by those of a dict of sections."""
        self._replace_parameters(dictionary)

    def _replace_parameters(self, values: Mapping[Any, Any]) -> None:
        names, _ = parameters.flatten(values)
        gone = [name for name in self._read().parameters if name not in names]
        if gone:
            self._append_parameters(removed=gone)
        self._set(values)

    @contained("parameters")
    def update_parameters(self, /, *args: Mapping[str, Any], **kwargs: Any) -> None:
        """Set the parameters of the dicts and keywords, and leave the others."""
        self._set(parameters.merged(args, kwargs))

    @contained("parameters")
    def set_parameter(
        self,
        name: str,
        value: Any,
        description: str | None = None,
        value_type: Any = None,
    ) -> None:
        """Set one parameter by its full name, ``section/name``; ``value_type`` is a type or its name."""
        texts, types = parameters.flatten({name: value})
        if value_type is not None:
            told = getattr(value_type, "__name__", None) or str(value_type)
            types = dict.fromkeys(texts, told)
        described = (
            {} if description is None else dict.fromkeys(texts, clean_text(str(description)))
        )
        self._append_parameters(values=texts, types=types, descriptions=described)

    @contained("parameters", returns=bool)
    def delete_parameter(self, name: str, force: bool = False) -> bool:
        """Remove one parameter by its full name, and return whether it was there."""
        if name not in self._read().parameters:
            return False
        self._append_parameters(removed=[name])
        return True

    @contained("parameters", returns=dict, lost=False)
    def get_parameters(
        self, backwards_compatibility: bool = True, cast: bool = False
    ) -> dict[str, Any]:
        """Return all parameters by full name, as texts, or with ``cast`` as values of the type they had."""
        told = self._read()
        if not cast:
            return dict(told.parameters)
        types = told.parameter_types
        return {n: parameters.cast(t, types.get(n, "")) for n, t in told.parameters.items()}

    def get_parameter(self, name: str, default: Any = None, cast: bool = False) -> Any:
        """Return one parameter by its full name, or ``default``."""
        return self.get_parameters(cast=cast).get(name, default)

    def get_parameters_as_dict(self, cast: bool = False) -> dict[str, Any]:
        """Return all parameters as a dict of sections, nested where names have more parts."""
        return parameters.nested(self.get_parameters(cast=cast))

    @property
    def _arguments(self) -> _Arguments:
        """Return what Transformers' callback sets the parameters of a section with."""
        return _Arguments(self)

    def _parameters_parsed(
        self, texts: dict[str, str], types: dict[str, str], descriptions: dict[str, str]
    ) -> None:
        told = {name: clean_text(text) for name, text in descriptions.items() if text}
        self._append_parameters(values=texts, types=types, descriptions=told)

    def _set(self, values: Mapping[Any, Any], section: str = "") -> None:
        texts, types = parameters.flatten(values, section)
        self._append_parameters(values=texts, types=types)


class _Arguments:
    """Set and read the parameters of one section."""

    def __init__(self, task: Hyperparameters) -> None:
        self._task = task

    def copy_from_dict(self, dictionary: Mapping[str, Any], prefix: str | None = None) -> None:
        """Set parameters, in the section ``prefix`` if there is one."""
        self._task.update_parameters(
            {f"{prefix}/{k}" if prefix else k: v for k, v in dictionary.items()}
        )

    def copy_to_dict(
        self, dictionary: Mapping[str, Any], prefix: str | None = None
    ) -> dict[str, Any]:
        """Return a dict with the values that its keys have as parameters, of the types that those had."""
        known = self._task.get_parameters(cast=True)
        return {k: known.get(f"{prefix}/{k}" if prefix else k, v) for k, v in dictionary.items()}
