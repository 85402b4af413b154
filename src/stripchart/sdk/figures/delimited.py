"""Columns of CSV, from a file or an address, read as pandas would: the first row is the header, the first column the
index; a column is of integers, floats or truth values where every cell that is not missing is one.

Compressed files (``.gz``, ``.bz2``, ``.xz``) are opened as such. An address is read at once, in the calling thread.
"""

from __future__ import annotations

import bz2
import csv
import gzip
import io
import lzma
import os
from collections.abc import Callable
from pathlib import Path
from typing import Any

from stripchart.sdk.figures.columns import MISSING, Columns, number
from stripchart.sdk.figures.figure import Refused, Unplottable

_TIMEOUT_SEC = 30
_MOST_BYTES = 256 << 20
_SCHEMES = ("http://", "https://", "ftp://", "file://")
_OPENERS: dict[str, Callable[..., Any]] = {
    ".gz": gzip.open,
    ".bz2": bz2.open,
    ".xz": lzma.open,
}

# What pandas takes for a missing cell.
_ABSENT = {
    "", "#N/A", "#N/A N/A", "#NA", "-1.#IND", "-1.#QNAN", "-NaN", "-nan", "1.#IND", "1.#QNAN", "<NA>", "N/A", "NA",
    "NULL", "NaN", "None", "n/a", "nan", "null",
}  # fmt: skip
_TRUTH = {"True": True, "TRUE": True, "true": True, "False": False, "FALSE": False, "false": False}


def read_file(path: Any) -> Columns:
    """Return the columns of a CSV file; an address is read as ``read_url`` does.

    Raises:
        Refused: there is no such file. Unfit: it cannot be read, or is no CSV.
    """
    if isinstance(path, str) and path.startswith(_SCHEMES):
        return read_url(path)
    if hasattr(path, "read"):
        return _parse(path.read())
    try:
        name = os.fspath(path)
    except TypeError as error:
        raise Unplottable("plot-values", TypeError(f"csv must be a path: {error}")) from error
    opener = _OPENERS.get(Path(name).suffix.lower(), open)
    try:
        with opener(name, "rb") as file:
            return _parse(file.read(_MOST_BYTES + 1))
    except FileNotFoundError as error:
        shown = FileNotFoundError(error.errno, f"csv: {error.strerror}", str(name))
        raise Refused(shown) from error
    except (OSError, ValueError, EOFError, lzma.LZMAError) as error:
        raise Unplottable("plot-file", error) from error


def read_url(url: Any) -> Columns:
    """Return the columns of the CSV at an address.

    Raises:
        Unfit: it cannot be read within the time, or is no CSV.
    """
    if not isinstance(url, str) or not url.startswith(_SCHEMES):
        message = f"url must begin with one of {', '.join(_SCHEMES)}"
        raise Unplottable("plot-values", ValueError(message))
    from http.client import HTTPException
    from urllib.error import HTTPError
    from urllib.request import urlopen

    try:
        with urlopen(url, timeout=_TIMEOUT_SEC) as answer:
            return _parse(answer.read(_MOST_BYTES + 1))
    except (OSError, ValueError, HTTPException) as error:  # URLError and timeouts are OSErrors
        kind = OSError if isinstance(error, OSError) else ValueError
        # A URLError wraps the reason; an HTTPError's own text has the status too.
        why = error if isinstance(error, HTTPError) else getattr(error, "reason", error)
        raise Unplottable("plot-url", kind(f"url could not be read: {why}")) from error


def _parse(content: Any) -> Columns:
    if len(content) > _MOST_BYTES:
        raise Unplottable("plot-size", ValueError(f"the CSV is larger than {_MOST_BYTES:,} bytes"))
    text = content if isinstance(content, str) else content.decode("utf-8-sig", "replace")
    try:
        rows = [row for row in csv.reader(io.StringIO(text, newline="")) if row]
    except csv.Error as error:
        raise Unplottable("plot-values", ValueError(f"no CSV: {error}")) from error
    if not rows:
        return Columns([], [])
    header, body = rows[0], rows[1:]
    width = max(map(len, rows))
    header += [""] * (width - len(header))
    cells = [[row[i] if i < len(row) else "" for row in body] for i in range(width)]
    return Columns(header, [_typed(column) for column in cells], index=1)


def _typed(column: list[str]) -> list[Any]:
    """Give a column the type that all its cells are of."""
    present = [text for text in column if text not in _ABSENT]
    if present and all(text in _TRUTH for text in present):
        return [_TRUTH.get(text, MISSING) for text in column]
    for kind in (int, float):
        try:
            found = [MISSING if text in _ABSENT else kind(text) for text in column]
        except ValueError:
            continue
        return [number(value) if isinstance(value, float) else value for value in found]
    return [MISSING if text in _ABSENT else text for text in column]
