"""Turn what scripts report into what a journal holds: a float, an int64, a text of bounded length.

Only reports that are not plainly a finite float at an int come through here, so this may take its time.
Everything is converted at once: a tensor that changes later does not change history.
"""

from __future__ import annotations

import math
import operator
from typing import Any

from stripchart.records import (
    LONGEST_NAME,
    NAN,
    NEGATIVE_INF,
    POSITIVE_INF,
    REPLACED,
    clean_text,
)

_INT64_MIN, _INT64_MAX = -(1 << 63), (1 << 63) - 1


class Unfit(Exception):
    """Say in our words that something reported cannot be kept.

    ``code`` names the cause, ``reason`` its kind (losses are counted by both), ``error`` is the contract's error.
    """

    def __init__(self, code: str, error: Exception, reason: str = "", message: str = "") -> None:
        super().__init__(message or str(error))
        self.code = code
        self.error = error
        self.reason = reason or type(error).__name__


def to_value(value: Any) -> float:
    """Convert a reported value: any real number, text of one, or an array or tensor of one element.

    Raises:
        Unfit: it is none of these; complex numbers and dates are not numbers here.
    """
    try:
        return _to_float(value)
    except Exception as error:
        shown = f"value of type {type(value).__name__}: {error}"
        kinds = (TypeError, OverflowError, ValueError)
        kind = next((kind for kind in kinds if isinstance(error, kind)), ValueError)
        reason = f"{kind.__name__} {type(value).__name__}"
        raise Unfit("scalar-value", kind(shown), reason) from error


def _to_float(value: Any) -> float:
    if isinstance(value, int | float | str):
        return float(value)
    item = getattr(value, "item", None)
    if callable(item):
        # Not float(array): NumPy warns for one-element arrays, and drops the imaginary part of complex ones.
        if getattr(getattr(value, "dtype", None), "kind", "f") in ("m", "M"):
            raise TypeError("a date or duration is not a number")
        value = item()
    if isinstance(value, complex):
        raise TypeError("a complex number has no place on an axis")
    return float(value)


def to_iteration(iteration: Any) -> int:
    """Convert a reported iteration: an integer of any kind, or a float without a fraction.

    Raises:
        Unfit: it is neither.
    """
    try:
        return operator.index(iteration)
    except TypeError:
        pass
    try:
        item = getattr(iteration, "item", None)
        number = item() if callable(item) else iteration
        if isinstance(number, float) and number.is_integer():
            return int(number)
        if not isinstance(number, float):
            return operator.index(number)
    except Exception as error:
        raise _unfit_iteration(iteration, iteration) from error
    raise _unfit_iteration(iteration, number)


def _unfit_iteration(given: Any, number: Any) -> Unfit:
    kind = type(given).__name__
    shown = str(number) if isinstance(number, float) else f"of type {kind}"
    contract = given if isinstance(given, float) else kind
    error = TypeError(f"Expected iter of type (<class 'int'>,), got {contract}")
    return Unfit(
        "scalar-iteration", error, kind, f"argument `iteration` is {shown}, not a whole number"
    )


def in_int64(iteration: int) -> int:
    """Return the iteration if an int64 holds it.

    Raises:
        Unfit: it does not.
    """
    if _INT64_MIN <= iteration <= _INT64_MAX:
        return iteration
    error = OverflowError("iteration does not fit in 64 bits")
    raise Unfit(
        "scalar-iteration", error, "64 bits", "argument `iteration` does not fit in 64 bits"
    )


def to_name(text: Any) -> str:
    """Convert a title, series or name to clean text; ``None`` is the empty name, as the contract has it.

    Raises:
        Unfit: it is not text.
    """
    if text is None:
        return ""
    if not isinstance(text, str):
        kind = type(text).__name__
        error = TypeError(f"Expected metric of type (<class 'str'>,), got {kind}")
        raise Unfit("name-type", error, kind, f"a title or series of type {kind} is not text")
    return clean_text(shorten(str.__str__(text)))


def shorten(text: str, length: int = LONGEST_NAME) -> str:
    """Cut a name that is too long, and end it with a hash of the whole, so that names stay distinct."""
    if len(text) <= length:
        return text
    import hashlib

    digest = hashlib.sha256(text.encode("utf-8", "surrogatepass")).hexdigest()[:16]
    return f"{text[: length - 17]}…{digest}"


def replace_non_finite(value: float, nan_value: float, inf_value: float) -> tuple[float, int]:
    """Return what a value is logged as, and the flags that keep what was reported.

    An infinite ``inf_value`` keeps the sign that was reported.
    """
    if math.isfinite(value):
        return value, 0
    if math.isnan(value):
        flags, logged = NAN, nan_value
        same = math.isnan(nan_value)
    else:
        flags = POSITIVE_INF if value > 0 else NEGATIVE_INF
        same = math.isinf(inf_value)
        logged = value if same else inf_value
    return logged, flags if same else flags | REPLACED
