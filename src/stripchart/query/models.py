"""Which models the artifacts of a task make up.

A model is up to two artifacts, so that neither waits for the other. ``:model:<role>:<id>`` is its weights: a file
on its way like any other, with what was known when it was saved. ``:model:<role>:<id>:told`` has no file, and says
what was told of the model besides; where both say something, this holds. ``role`` is ``output`` for what a task
made, ``input`` for what it started from.

Facts are texts: ``name``, ``framework``, ``iteration``, ``comment``, ``design`` (its configuration), ``file`` (the
name of the weights where they are stored), ``base`` (the id of the model it began as), ``source`` (the id of the
task that made it), and as JSON ``tags``, ``labels`` and ``metadata`` (``{key: {"key", "type", "value"}}``).
``registered``, ``published`` and ``archived`` are there where they are true.
"""

from __future__ import annotations

import json
from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from typing import Any, Generic, Literal, Protocol, TypeVar

from stripchart.records import MODEL_PREFIX

Role = Literal["input", "output"]
INPUT: Role = "input"
OUTPUT: Role = "output"
_TOLD = "told"


class Stored(Protocol):
    """Be an artifact, as a journal or a catalog holds it."""

    @property
    def name(self) -> str:
        """Return its name."""

    @property
    def time_us(self) -> int:
        """Return when it was given."""

    @property
    def metadata(self) -> dict[str, str]:
        """Return what was said about it."""


A = TypeVar("A", bound=Stored)


@dataclass(frozen=True, slots=True)
class Told(Generic[A]):
    """Hold what is known of one model of a task; ``weights`` is ``None`` while it has none."""

    role: Role
    id: str
    weights: A | None
    facts: dict[str, str]
    time_us: int  # of the last save; before the first one, of the last word

    @property
    def name(self) -> str:
        """Return the model's name."""
        return self.facts.get("name") or self.id


def weights_name(role: Role, model: str) -> str:
    """Return the name of the artifact that is a model's weights."""
    return f"{MODEL_PREFIX}{role}:{model}"


def told_name(role: Role, model: str) -> str:
    """Return the name of the artifact that says what was told of a model."""
    return f"{weights_name(role, model)}:{_TOLD}"


def is_of_a_model(name: str) -> bool:
    """Tell whether an artifact of this name is part of a model."""
    return name.startswith(MODEL_PREFIX)


def models_of(artifacts: Iterable[A]) -> list[Told[A]]:
    """Return the models that artifacts make up, in the order in which they were saved last."""
    parts: dict[tuple[Role, str], dict[str, A]] = {}
    for artifact in artifacts:
        if is_of_a_model(artifact.name):
            role, _, rest = artifact.name.removeprefix(MODEL_PREFIX).partition(":")
            model, _, part = rest.partition(":")
            place = (INPUT if role == INPUT else OUTPUT, model)
            parts.setdefault(place, {})[part] = artifact
    found = [_told(role, model, of) for (role, model), of in parts.items()]
    return sorted(found, key=lambda told: told.time_us)


def _told(role: Role, model: str, parts: Mapping[str, A]) -> Told[A]:
    weights, told = parts.get(""), parts.get(_TOLD)
    facts = (weights.metadata if weights else {}) | (told.metadata if told else {})
    last = weights or max(parts.values(), key=lambda part: part.time_us)
    return Told(role, model, weights, facts, last.time_us)


def parsed(facts: Mapping[str, str], key: str, default: Any) -> Any:
    """Return a fact that is kept as JSON; ``default`` where there is none of its type."""
    try:
        value = json.loads(facts.get(key) or "null")
    except (ValueError, RecursionError):
        return default
    return value if isinstance(value, type(default)) else default
