"""Arrays from whatever a script has its numbers in: sequences, NumPy, pandas, tensors of any device.

Numbers keep their type and all their digits. Nothing is averaged, sorted or thinned.
"""

from __future__ import annotations

import datetime
import warnings
from collections.abc import Sequence
from typing import Any

import numpy as np
from numpy.typing import NDArray

from stripchart.sdk.convert import Unfit
from stripchart.sdk.figures.figure import Refused, Unplottable, check_size

_NUMBERS = "biuf"

Column = NDArray[Any] | list[Any]


def array_of(value: Any) -> NDArray[Any]:
    """Return the value as an array; of a masked one what is hidden becomes NaN.

    Raises:
        ValueError, TypeError: it is ragged, or no array at all.
    """
    detach = getattr(
        value, "detach", None
    )  # a tensor, perhaps on another device or part of a graph
    if callable(detach):
        value = detach().cpu()
        if "bfloat16" in str(getattr(value, "dtype", "")):
            value = value.float()
        value = value.numpy()
    if isinstance(value, np.ma.MaskedArray):
        value = np.ma.filled(value.astype(np.float64), np.nan)
    if isinstance(value, set | frozenset | dict):
        raise TypeError(f"a {type(value).__name__} has no order")
    return np.asarray(value)


def numbers(value: Any, name: str, *, dimensions: Sequence[int]) -> NDArray[Any]:
    """Return an argument as an array of numbers, of one of these numbers of dimensions; ``None`` in it is NaN.

    Raises:
        Refused: it is ragged, or has other dimensions.
        Unfit: it holds something else than numbers, or too many of them.
    """
    array = _array(value, name)
    if array.ndim not in dimensions:
        message = f"Expected a 2D numpy array ({name} has {array.ndim} dimensions)"
        raise Refused(AssertionError(message))
    check_size(array.size, name)
    if array.dtype.kind == "b":
        return array.astype(np.int8)
    if array.dtype.kind in _NUMBERS:
        return array
    if array.dtype.kind not in "OUS":
        message = f"{name} holds {array.dtype}, which are no numbers"
        raise Unplottable("plot-values", ValueError(message))
    return _to_floats(array, name)


def _array(value: Any, name: str) -> NDArray[Any]:
    try:
        return array_of(value)
    except ValueError as error:
        raise Refused(ValueError(f"{name}: {error}")) from error
    except TypeError as error:
        message = f"Expected a 2D numpy array ({name}: {error})"
        raise Refused(AssertionError(message)) from error


def _to_floats(array: NDArray[Any], name: str) -> NDArray[np.float64]:
    try:
        with warnings.catch_warnings():
            warnings.simplefilter("error")  # NumPy drops an imaginary part with a warning only
            return array.astype(np.float64)
    except (TypeError, ValueError, OverflowError, Warning) as error:
        raise Unplottable("plot-values", ValueError(f"{name} holds no numbers: {error}")) from error


def matrix(value: Any, name: str) -> NDArray[Any]:
    """Return an argument as a matrix of numbers.

    Raises:
        Refused: it is not of two dimensions, or not of numbers. Unfit: it is too large.
    """
    try:
        return numbers(value, name, dimensions=(2,))
    except Unplottable as unfit:
        if unfit.code == "plot-values":
            raise Refused(unfit.error) from unfit.__cause__
        raise


def columns(value: Any, names: str, argument: str) -> list[Column]:
    """Return the columns of a sequence of points, one for each letter of ``names`` ("XY", "XYZ").

    A column is an array of numbers, or a list of text where it holds dates or categories.

    Raises:
        Refused: it is no sequence of points of this size. Unfit: it holds something else.
    """
    array = _array(value, argument)
    if array.ndim != 2:
        raise Refused(AssertionError(f"Expected a 2D numpy array ({argument})"))
    if array.shape[1] != len(names):
        points = ", ".join(f"({','.join(f'{n.lower()}{i}' for n in names)})" for i in (0, 1))
        count = {2: "two", 3: "three"}[len(names)]
        message = f"Expected {count} columns {'/'.join(names)} e.g. [{points} ...] ({argument})"
        raise Refused(AssertionError(message))
    check_size(array.size, argument)
    if array.dtype.kind in _NUMBERS:
        return [array[:, i] for i in range(array.shape[1])]
    if not isinstance(value, np.ndarray) and array.dtype.kind in "US":
        array = np.asarray(value, dtype=object)  # as text a number would have lost its type
    return [_column(array[:, i], argument) for i in range(array.shape[1])]


def _column(cells: NDArray[Any], argument: str) -> Column:
    if cells.dtype.kind == "M":
        return [None if text == "NaT" else text for text in np.datetime_as_string(cells).tolist()]
    try:
        return _to_floats(cells, argument)
    except Unfit:
        if any(_is_text_or_date(cell) for cell in cells):
            return [_text(cell) for cell in cells]
        raise


def _is_text_or_date(cell: Any) -> bool:
    return isinstance(cell, str | datetime.date | np.datetime64)


def _text(cell: Any) -> Any:
    if isinstance(cell, datetime.date):
        return cell.isoformat()
    return None if cell is None else str(cell)


def texts(value: Any, name: str) -> list[str] | None:
    """Return an argument that lists labels as texts; one text alone is one label, ``None`` is none.

    Raises:
        Unfit: it is no sequence.
    """
    if value is None:
        return None
    if isinstance(value, str):
        return [value]
    try:
        elements: Sequence[Any] = (
            array_of(value).tolist() if hasattr(value, "__array__") else list(value)
        )
    except (TypeError, ValueError) as error:
        raise Unplottable(
            "plot-labels", TypeError(f"{name} must be a list of texts: {error}")
        ) from error
    if not isinstance(elements, list):
        elements = [elements]
    return [element if isinstance(element, str) else str(element) for element in elements]
