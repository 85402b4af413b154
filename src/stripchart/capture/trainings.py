"""Tell the trainings of one task apart, for libraries whose metrics have the same names in each of them."""

from __future__ import annotations

from dataclasses import dataclass
from itertools import count
from typing import Any
from weakref import WeakKeyDictionary


@dataclass(frozen=True)
class Training:
    """Be one training of a task, by its number."""

    number: int

    def title(self, title: str) -> str:
        """Return the title under which it reports: as it is for the first one, then ``<title> - 1`` and so on."""
        return f"{title} - {self.number}" if self.number else title


class Trainings:
    """Number the trainings of a task in the order of their first reports."""

    def __init__(self) -> None:
        self._known: WeakKeyDictionary[Any, Training] = WeakKeyDictionary()
        self._numbers = count()

    def new(self) -> Training:
        """Return the next training."""
        return Training(next(self._numbers))

    def of(self, owner: Any) -> Training:
        """Return the training of an object that lives as long as it, such as the booster that is trained."""
        found = self._known.get(owner)
        return found or self._known.setdefault(owner, self.new())
