"""What a tag becomes: a title and a series, and a header where several log directories write.

A header is decided by what a directory is called, not by who came first: ``docs/adr/0013-tensorboard-names.md``.
"""

from __future__ import annotations

import itertools
import os
import re
import threading
from typing import Any, Literal, NamedTuple

Kind = Literal["scalar", "plot", "sample"]
Parts = tuple[str, ...]

# What is written below these is a part of the run above it, whoever else writes.
_ROLES = frozenset(
    {
        "train",
        "training",
        "val",
        "valid",
        "validation",
        "dev",
        "test",
        "testing",
        "eval",
        "evaluation",
    }
)
_TRIAL = re.compile(r"\d{9,}\.\d+")  # add_hparams names a trial's directory by the time

_lock = threading.RLock()


class Name(NamedTuple):
    """Hold the title and series of a tag."""

    title: str
    series: str


class Plugin(NamedTuple):
    """Hold which plugin of TensorBoard shows a tag, and that plugin's own data on it."""

    name: str
    content: bytes


class Member(NamedTuple):
    """Say of a directory that ``add_scalars(main, {key: …})`` of the writer in ``parent`` has made it."""

    parent: Run
    main: str
    key: str


class Run:
    """Hold what is known of one log directory."""

    def __init__(self, path: str) -> None:
        self.path = path
        self.parts = tuple(part for part in path.split("/") if part)
        self.member: Member | None = None
        self.names: dict[tuple[str, str, bool, bool], Name] = {}
        self.plugins: dict[str, Plugin] = {}  # by tag, as its first value said


class Runs:
    """Name the tags of all log directories that one task's process writes to."""

    def __init__(self) -> None:
        self._runs: dict[Any, Run] = {}  # by path, and by what the writer calls it
        self._headers: dict[Parts, str] = {}  # of what is left of a directory without its roles
        self._trials: dict[Parts, list[str]] = {}
        self._taken: dict[tuple[Kind, Name], tuple[str, str]] = {}

    def run(self, directory: Any) -> Run:
        """Return the run of a log directory, as its writer names it."""
        return self._runs.get(directory) or self._new(directory, str(directory))

    def _new(self, named: Any, directory: str) -> Run:
        path = directory if "://" in directory else os.path.abspath(directory)  # noqa: PTH100
        path = path.replace(os.sep, "/")
        with _lock:
            run = self._runs.get(path) or Run(path)
            self._runs[path] = self._runs[named] = run
            return run

    def join(self, directory: str, parent: str, main: str, key: str) -> None:
        """Take note that a directory holds the series ``key`` of an ``add_scalars`` of the writer in ``parent``."""
        run = self.run(directory)
        if run.member is None:
            run.member = Member(self.run(parent), main, key)

    def scalar(self, run: Run, tag: str, *, grouped: bool, single: bool) -> Name:
        """Return the name of a scalar; ``grouped`` and ``single`` are the switches of the Logger."""
        return run.names.get((tag, "scalar", grouped, single)) or self._keep(
            run, tag, "scalar", self._scalar(run, tag, grouped, single), (grouped, single)
        )

    def _scalar(self, run: Run, tag: str, grouped: bool, single: bool) -> Name:
        member = run.member
        if member is not None and tag == member.main:
            title, series, header = tag, member.key, self.header(member.parent)
            if single:
                title = f"{tag} {member.key}"
        else:
            title, series = split(tag, 1, "Scalars" if grouped else tag)
            header = self.header(run)
        if header and single:
            return Name(f"{title} {header}", series)
        return Name(title, f"{header}: {series}" if header else series)

    def histogram(self, run: Run, tag: str, otherwise: str = "Histograms") -> Name:
        """Return the name of a histogram, or of another figure."""
        found = run.names.get((tag, "plot", False, False))
        if found is None:
            title, series = split(tag, 1, otherwise)
            header = self.header(run)
            name = Name(title, f"{series} :{header}" if header else series)
            found = self._keep(run, tag, "plot", name)
        return found

    def whole(self, run: Run, tag: str) -> Name:
        """Return the name of a figure whose title is the tag."""
        return run.names.get((tag, "plot", False, False)) or self._keep(
            run, tag, "plot", Name(tag, self.header(run))
        )

    def sample(self, run: Run, tag: str, otherwise: str) -> Name:
        """Return the name of an image, a sound or a text; ``otherwise`` is the title of a tag without ``/``."""
        found = run.names.get((tag, "sample", False, False))
        if found is None:
            title, series = split(tag, 3, otherwise)
            header = self.header(run)
            name = Name(f"{title} {header}" if header else title, series)
            found = self._keep(run, tag, "sample", name)
        return found

    def _keep(
        self,
        run: Run,
        tag: str,
        kind: Kind,
        name: Name,
        switches: tuple[bool, bool] = (False, False),
    ) -> Name:
        """Settle a name; one that another tag has already gets its whole tag, or also its directory."""
        whole = (run.path, tag)
        others = (name, Name(name.title, tag), Name(name.title, f"{run.path}: {tag}"))
        for candidate in others:
            if self._taken.setdefault((kind, candidate), whole) == whole:
                break
        run.names[tag, kind, *switches] = candidate
        return candidate

    # -- headers -------------------------------------------------------------------------------------------

    def header(self, run: Run) -> str:
        """Return what tells a directory from the others; empty where nothing need be told."""
        with _lock:
            base, trial = self._trial(run.parts)
            base, roles = _without_roles(base)
            if base not in self._headers:
                self._headers[base] = self._of_base(base)
            return "/".join(part for part in (self._headers[base], *roles, trial) if part)

    def _trial(self, parts: Parts) -> tuple[Parts, str]:
        """Take a trial's directory for the one above it; from the second on trials are numbered."""
        if not parts or not _TRIAL.fullmatch(parts[-1]):
            return parts, ""
        known = self._trials.setdefault(parts[:-1], [])
        if parts[-1] not in known:
            known.append(parts[-1])
        number = known.index(parts[-1]) + 1
        return parts[:-1], str(number) if number > 1 else ""

    def _of_base(self, base: Parts) -> str:
        others = {self._base(run) for run in self._runs.values() if run.member is None} - {base}
        above = [other for other in others if _is_within(base, other)]
        if above:
            top = min(above, key=len)
            if top not in self._headers:
                self._headers[top] = self._of_base(top)
            return self._unique(
                base, "/".join(filter(None, (self._headers[top], *base[len(top) :])))
            )
        rivals = [other for other in others if not _is_within(other, base)]
        if not rivals:
            return self._unique(base, "")
        columns = zip(base, *rivals, strict=False)
        shared = itertools.takewhile(lambda parts: len(set(parts)) == 1, columns)
        return self._unique(base, "/".join(base[len(list(shared)) :]))

    def _base(self, run: Run) -> Parts:
        parts = run.parts[:-1] if run.parts and _TRIAL.fullmatch(run.parts[-1]) else run.parts
        return _without_roles(parts)[0]

    def _unique(self, base: Parts, header: str) -> str:
        taken = set(self._headers.values())
        for count in range(1, len(base) + 1):
            if header not in taken:
                break
            header = "/".join(base[-count:])
        return header


def split(tag: str, most: int, otherwise: str) -> tuple[str, str]:
    """Split a tag at ``/`` into title and series: the series has up to ``most`` parts, the title at least one.

    A tag of one part has the title ``otherwise``.
    """
    parts = [part for part in tag.split("/") if part] or [tag]
    count = max(1, min(most, len(parts) - 1))
    return "_".join(parts[:-count]) or otherwise, "_".join(parts[-count:])


def _without_roles(parts: Parts) -> tuple[Parts, Parts]:
    end = len(parts)
    while end > 1 and parts[end - 1].lower() in _ROLES:
        end -= 1
    return parts[:end], parts[end:]


def _is_within(parts: Parts, top: Parts) -> bool:
    return len(parts) > len(top) and parts[: len(top)] == top


def _after_fork() -> None:
    global _lock  # noqa: PLW0603 - another thread of the parent may have held it
    _lock = threading.RLock()


if hasattr(os, "register_at_fork"):
    os.register_at_fork(after_in_child=_after_fork)
