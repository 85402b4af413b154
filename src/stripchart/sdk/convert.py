"""Turn what scripts report into what a journal holds: a float, an int64, a text of bounded length.

Only reports that are not plainly a finite float at an int come through here, so this may take its time.
Everything is converted at once: a tensor that changes later does not change history.
"""

from __future__ import annotations

import math
import operator
from collections.abc import Callable
from typing import Any, TypeVar

from stripchart.records import (
    LONGEST_NAME,
    NAN,
    NEGATIVE_INF,
    POSITIVE_INF,
    REPLACED,
    clean_text,
)

_T = TypeVar("_T")

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


class Refused(Unfit):
    """Say that a call is wrong as it is written: the script meets ``error``, as the Logger contract has it."""


def to_value(value: Any) -> float:
    """Convert a reported value: any real number, text of one, or an array or tensor of one element.

    Raises:
        Refused: it is none of these; complex numbers and dates are not numbers here.
        Unfit: it fails to say its value, as a tensor does whose device is in trouble.
    """
    try:
        return _to_float(value)
    except Exception as error:
        shown = f"value of type {type(value).__name__}: {error}"
        for kind in (TypeError, OverflowError, ValueError):
            if isinstance(error, kind):
                reason = f"{kind.__name__} {type(value).__name__}"
                raise Refused("scalar-value", kind(shown), reason) from error
        reason = f"{type(error).__name__} {type(value).__name__}"
        raise Unfit("scalar-value", ValueError(shown), reason) from error


def _to_float(value: Any) -> float:
    if isinstance(value, int | float | str):
        return float(value)
    item = getattr(value, "item", None)
    if callable(item):
        # Not float(array): NumPy warns for one-element arrays, and drops the imaginary part of complex ones.
        if getattr(getattr(value, "dtype", None), "kind", "f") in ("m", "M"):
            raise TypeError("a date or duration is not a number")
        shape = getattr(value, "shape", ())
        if math.prod(shape) != 1:
            raise TypeError(f"its shape is {tuple(shape)}, and only one element is a value")
        value = item()
    if isinstance(value, complex):
        raise TypeError("a complex number has no place on an axis")
    return float(value)


def to_iteration(iteration: Any) -> int:
    """Convert a reported iteration: an integer of any kind, or a float without a fraction.

    Raises:
        Refused: it is neither.
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


def _unfit_iteration(given: Any, number: Any) -> Refused:
    kind = type(given).__name__
    shown = str(number) if isinstance(number, float) else f"of type {kind}"
    contract = given if isinstance(given, float) else kind
    error = TypeError(
        f"Expected iter of type (<class 'int'>,), got {contract} (argument 'iteration')"
    )
    return Refused(
        "scalar-iteration", error, kind, f"argument `iteration` is {shown}, not a whole number"
    )


def cast(kind: Callable[[Any], _T], argument: str, value: Any) -> _T:
    """Return what ``int`` or ``float`` makes of an argument.

    Raises:
        TypeError, ValueError, OverflowError: it takes it for none; the message names the argument.
    """
    try:
        return kind(value)
    except Exception as error:
        shown = f"{argument} of type {type(value).__name__}: {error}"
        kinds = (TypeError, OverflowError, ValueError)
        raise next((k for k in kinds if isinstance(error, k)), ValueError)(shown) from error


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


def to_name(text: Any, argument: str) -> str:
    """Convert a title, series or name to clean text; ``None`` is the empty name, as the contract has it.

    Raises:
        Refused: it is not text.
    """
    if text is None:
        return ""
    if not isinstance(text, str):
        kind = type(text).__name__
        error = TypeError(
            f"Expected metric of type (<class 'str'>,), got {kind} (argument {argument!r})"
        )
        raise Refused("name-type", error, kind, f"a {argument} of type {kind} is not text")
    return clean_text(shorten(str.__str__(text)))


def text_of(value: Any) -> str:
    """Return an object as a text, however little it is one; of one that has none its type."""
    try:
        return str(value)
    except Exception:  # noqa: BLE001 - whatever an object does when it is asked
        return f"<{type(value).__name__}>"


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
