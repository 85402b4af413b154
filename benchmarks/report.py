"""The row that every benchmark prints: what was measured, its baseline in the same run, and the budget.

On a terminal a Markdown table; with ``STRIPCHART_BENCHMARK_ROWS`` set, each row is also appended to that file as a
line of JSON, from which ``benchmarks/remake.py`` makes ``docs/benchmarks.md``.
"""

from __future__ import annotations

import json
import os
from dataclasses import asdict, dataclass

HEAD = "| what | measured | baseline, same run | ratio | budget | met |\n|---|---|---|---|---|---|"

_printed = False


@dataclass(frozen=True, slots=True)
class Row:
    """Hold one measurement; ``budget`` is in ``unit``, or of the ratio where ``budget_is_ratio``.

    ``at_least`` says that more is better.
    """

    what: str
    measured: float
    unit: str
    baseline: float
    beside: str
    budget: float | None = None
    budget_is_ratio: bool = False
    at_least: bool = False

    @property
    def ratio(self) -> float:
        """Return measured to baseline."""
        return self.measured / self.baseline if self.baseline else float("nan")

    @property
    def met(self) -> str:
        """Return whether the budget is kept, nothing where there is none."""
        if self.budget is None:
            return ""
        held = self.ratio if self.budget_is_ratio else self.measured
        return (
            "yes" if (held >= self.budget if self.at_least else held <= self.budget) else "**no**"
        )

    def markdown(self) -> str:
        """Return the row of the table."""
        budget = ""
        if self.budget is not None:
            word = "at least " if self.at_least else "at most "
            unit = "x" if self.budget_is_ratio else self.unit
            budget = word + amount(self.budget, unit)
        cells = (
            self.what,
            amount(self.measured, self.unit),
            f"{self.beside}: {amount(self.baseline, self.unit)}",
            f"{self.ratio:.3g}",
            budget,
            self.met,
        )
        return "| " + " | ".join(cells) + " |"


def amount(value: float, unit: str) -> str:
    """Return a number with its unit, in three digits."""
    shown = f"{value:,.0f}" if abs(value) >= 100 else f"{value:.3g}"
    return f"{shown} {unit}".rstrip()


def row(
    what: str,
    measured: float,
    unit: str,
    *,
    baseline: float,
    beside: str,
    budget: float | None = None,
    budget_is_ratio: bool = False,
    at_least: bool = False,
) -> None:
    """Print a row, after the head of the table at the first."""
    global _printed  # noqa: PLW0603 - of this process's output
    line = Row(what, measured, unit, baseline, beside, budget, budget_is_ratio, at_least)
    if not _printed:
        print(HEAD)
        _printed = True
    print(line.markdown(), flush=True)
    path = os.environ.get("STRIPCHART_BENCHMARK_ROWS")
    if path:
        with open(path, "a") as file:
            file.write(json.dumps(asdict(line)) + "\n")
