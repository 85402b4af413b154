"""Where things are: subplots on the paper, artists in the coordinates of their axes, values of dates."""

from __future__ import annotations

import sys
from dataclasses import dataclass
from typing import Any, cast

import numpy as np
from numpy.typing import NDArray

from stripchart.sdk.figures.matplotlib.style import NotFaithful


@dataclass(frozen=True, slots=True)
class Place:
    """Hold one axes of the figure, the names of its plotly axes, and its part of the paper (0 to 1)."""

    axes: Any
    number: int
    x0: float
    x1: float
    y0: float
    y1: float

    @property
    def x(self) -> str:
        """Return the name that traces call the x axis by."""
        return "x" if self.number == 1 else f"x{self.number}"

    @property
    def y(self) -> str:
        """Return the name that traces call the y axis by."""
        return "y" if self.number == 1 else f"y{self.number}"

    def key(self, axis: str) -> str:
        """Return the name of an axis (``xaxis``) in the layout."""
        return axis if self.number == 1 else f"{axis}{self.number}"

    def refs(self, transform: Any, what: str) -> tuple[str, str]:
        """Return what plotly measures by, where Matplotlib measures by ``transform``.

        Raises:
            NotFaithful: it is neither in data nor in parts of the axes.
        """
        axes = self.axes
        if transform == axes.transData:
            return self.x, self.y
        if transform == axes.transAxes:
            return f"{self.x} domain", f"{self.y} domain"
        if transform == axes.get_xaxis_transform("grid"):
            return self.x, f"{self.y} domain"
        if transform == axes.get_yaxis_transform("grid"):
            return f"{self.x} domain", self.y
        raise NotFaithful(f"{what} in coordinates of its own")


def is_dated(axis: Any) -> bool:
    """Tell whether the numbers on an axis are days since Matplotlib's epoch, or periods of pandas."""
    converter = axis.get_converter() if hasattr(axis, "get_converter") else axis.converter
    names = [type(converter).__name__, type(axis.get_major_formatter()).__name__]
    kinds = ("Date", "ConciseDate", "AutoDate", "_SwitchableDate", "DatetimeConverter")
    return _counts_periods(axis) or any(name.startswith(kinds) for name in names)


def _counts_periods(axis: Any) -> bool:
    formatter = type(axis.get_major_formatter()).__name__
    return formatter.startswith("TimeSeries_") and getattr(axis, "freq", None) is not None


def values(axis: Any, numbers: Any) -> Any:
    """Return numbers of an axis as plotly wants them: dates as text, what is hidden as a gap."""
    array = np.ma.filled(np.ma.asarray(numbers, dtype=np.float64), np.nan)
    return dates(axis, array) if is_dated(axis) else array


def dates(axis: Any, numbers: NDArray[np.float64]) -> list[str | None]:
    """Return the numbers of an axis of dates as ISO 8601."""
    known = np.isfinite(numbers)
    found = np.where(known, numbers, 0.0)
    moments = _of_periods(axis.freq, found) if _counts_periods(axis) else _of_days(found)
    texts = np.datetime_as_string(moments, unit="ms").tolist()
    return [
        text if is_known else None for text, is_known in zip(texts, known.tolist(), strict=True)
    ]


def _of_days(days: NDArray[np.float64]) -> NDArray[np.datetime64]:
    from matplotlib import dates as matplotlib_dates

    epoch: str = cast(Any, matplotlib_dates).get_epoch()
    return np.datetime64(epoch) + np.round(days * 86_400e6).astype("timedelta64[us]")


def _of_periods(freq: Any, numbers: NDArray[np.float64]) -> NDArray[np.datetime64]:
    """Return the starts of pandas periods, counted by ``freq``; a fraction is one of the period."""
    pandas = sys.modules["pandas"]
    whole = np.floor(numbers).astype(np.int64)
    begins, ends_of = (
        pandas.PeriodIndex.from_ordinals(ordinals, freq=freq).to_timestamp().to_numpy()
        for ordinals in (whole, whole + 1)
    )
    moments: NDArray[np.datetime64] = begins + (ends_of - begins) * (numbers - whole)
    return moments


def ends(axis: Any, limits: Any) -> list[Any]:
    """Return the range of a plotly axis: dates as text, logarithms on a log axis."""
    if is_dated(axis):
        return list(dates(axis, np.asarray(limits, dtype=np.float64)))
    if axis.get_scale() == "log":
        return [float(value) for value in np.log10(limits)]
    return [float(value) for value in limits]


def coordinate(axis: Any, ref: str, value: Any) -> Any:
    """Return one coordinate of a shape or text: as ``values`` where it is measured in data.

    Plotly places annotations of a log axis by their logarithm; ``annotation_coordinate`` does that.
    """
    if ref.endswith("domain"):
        return float(value)
    number = float(axis.convert_units(value))
    return dates(axis, np.array([number]))[0] if is_dated(axis) else number


def annotation_coordinate(axis: Any, ref: str, value: Any) -> Any:
    """Return one coordinate of an annotation."""
    place = coordinate(axis, ref, value)
    if not ref.endswith("domain") and axis.get_scale() == "log":
        return float(np.log10(place))
    return place
