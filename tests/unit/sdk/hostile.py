"""Whatever a script might hand to a call: wrong types, shapes and lengths, and objects that only raise."""

from __future__ import annotations

import datetime
import decimal
import io
from typing import Any

import numpy as np
from hypothesis import strategies as st
from hypothesis.extra import numpy as hnp


class Hostile:
    """Raise at whatever is asked."""

    def __getattribute__(self, name: str) -> Any:
        if name == "__class__":
            return object.__getattribute__(self, name)
        raise RuntimeError("hostile")

    def __str__(self) -> str:
        raise RuntimeError("hostile")

    __repr__ = __str__

    def __iter__(self) -> Any:
        raise RuntimeError("hostile")

    def __len__(self) -> int:
        raise RuntimeError("hostile")

    def __bool__(self) -> bool:
        raise RuntimeError("hostile")

    def __eq__(self, other: object) -> bool:
        raise RuntimeError("hostile")

    def __hash__(self) -> int:
        raise RuntimeError("hostile")


class OldSequence:
    """Have a length and indices, and nothing else."""

    def __len__(self) -> int:
        return 3

    def __getitem__(self, at: int) -> int:
        return range(3)[at]


def _itself() -> list[Any]:
    found: list[Any] = []
    found.append(found)
    return found


def _pandas() -> list[Any]:
    try:
        import pandas as pd  # type: ignore[import-untyped,import-not-found,unused-ignore]
    except ImportError:
        return []
    return [
        pd.NA,
        pd.NaT,
        pd.Series([1.0, None], name=3),
        pd.Series(["a", "b"], dtype="category"),
        pd.DataFrame({"a": [1, 2], ("b", 1): ["x", None]}),
        pd.DataFrame(),
        pd.Index([1, 2]),
        pd.Timestamp("2026-01-01", tz="UTC"),
        pd.Interval(0, 1),
    ]


def _made() -> list[Any]:
    """Return things of which each example needs a new one."""
    closed = io.BytesIO(b"x")
    closed.close()
    return [
        (x for x in (1, 2)),
        iter("ab"),
        closed,
        io.StringIO("a,b\n1,2\n"),
        io.BytesIO(b"\x89PNG"),
        memoryview(b"ab"),
        Hostile(),
        OldSequence(),
        _itself(),
        {"a": _itself()},
        object(),
        lambda: 1,
        range(3),
    ]


SCALARS = st.one_of(
    st.none(),
    st.booleans(),
    st.integers(),
    st.floats(),
    st.complex_numbers(),
    st.binary(max_size=3),
    st.text(st.characters(codec=None), max_size=5),  # lone surrogates too
    st.sampled_from(
        [10**400, -(2**63) - 1, 2**63, ..., object, "nan", "1e999", "x" * 5000, "\x00\x1b[31m", "\udcff", "/dev/null",
         "/proc"]
    ),
    st.dates(),
    st.datetimes(),
    st.builds(decimal.Decimal, st.sampled_from(["1", "NaN", "sNaN", "1e999999"])),
    st.sampled_from(
        [np.float32("nan"), np.int64(3), np.uint64(2**64 - 1), np.complex64(1j), np.str_("a"), np.bytes_(b"a"),
         np.datetime64("NaT"), np.timedelta64(1, "s"), np.bool_(True), datetime.timedelta(1), *_pandas()]
    ),
)  # fmt: skip
ARRAYS = st.one_of(
    st.sampled_from(["f8", "f2", "i8", "u1", "?", "c16", "U3", "S2", "M8[s]", "m8[ms]"]).flatmap(
        lambda dtype: hnp.arrays(
            dtype, hnp.array_shapes(min_dims=0, max_dims=4, min_side=0, max_side=4)
        )
    ),
    st.sampled_from(
        [
            np.array([None, 1, "a"], dtype=object),
            np.array([[1, object]], dtype=object),
            np.zeros(2, [("a", "f4"), ("b", "i4")]),
            np.ma.masked_array([1.0, 2.0], [True, False]),
            np.broadcast_to(np.float32(1), (2, 2)),
        ]
    ),
)
NESTED = st.recursive(
    SCALARS,
    lambda inner: st.one_of(
        st.lists(inner, max_size=4),
        st.tuples(inner, inner),
        st.dictionaries(
            st.one_of(st.text(max_size=3), st.integers(), st.none()), inner, max_size=3
        ),
        st.sets(st.integers(), max_size=3),
    ),
    max_leaves=10,
)
POINTS = st.lists(st.tuples(st.floats(), st.floats()), max_size=5)
MADE = st.integers(0, len(_made()) - 1).map(lambda at: _made()[at])
ANYTHING = st.one_of(NESTED, ARRAYS, POINTS, MADE)
