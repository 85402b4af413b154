"""What a step of ingest tells of a task: enough to know what to read again."""

from __future__ import annotations

from collections.abc import Set
from dataclasses import dataclass

MOST_NAMED_SERIES = 1000


@dataclass(frozen=True, slots=True)
class Changed:
    """Say what changed of a task. ``series`` names the (title, series) that got points; ``None`` if too many.

    ``points`` counts those that came, ``readings`` those of the machine, which are not among them.
    """

    id: str
    status: str = ""
    scalars: bool = False
    console: bool = False
    detail: bool = False
    plots: bool = False
    samples: bool = False
    deleted: bool = False
    series: Set[tuple[str, str]] | None = frozenset()
    points: int = 0
    readings: int = 0

    def merged(self, later: Changed) -> Changed:
        """Return one change that says what both say."""
        series = None
        if self.series is not None and later.series is not None:
            series = self.series | later.series
        return Changed(
            id=self.id,
            status=later.status or self.status,
            scalars=self.scalars or later.scalars,
            console=self.console or later.console,
            detail=self.detail or later.detail,
            plots=self.plots or later.plots,
            samples=self.samples or later.samples,
            deleted=later.deleted,
            series=series if series is None or len(series) <= MOST_NAMED_SERIES else None,
            points=self.points + later.points,
            readings=self.readings + later.readings,
        )
