"""Have the processes of one launch (torchrun, srun, mpirun) join one task.

A launcher tells each process its rank, how many there are, and what names the launch. Rank 0 opens the task and
writes which it is to a file in the home, named by the launch and by what was asked for; the others wait for that
file and join. Other machines see it through a shared home. What a scheduler numbers is named for good; a later launch
of another kind may look the same (same address, same port), so its file counts only if it was written after this
process started, or by a process that still lives.
"""

from __future__ import annotations

import os
import time
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from stripchart.journal.liveness import is_alive
from stripchart.records import WriterIdentity
from stripchart.sdk import lookup
from stripchart.sdk.passing_on import Chosen, chosen
from stripchart.sdk.session import host_name, now_us, rank_of
from stripchart.sdk.start import Plan
from stripchart.settings import Settings

FOLDER = "launches"
_SIZES = ("WORLD_SIZE", "SLURM_NTASKS", "OMPI_COMM_WORLD_SIZE", "PMI_SIZE")
# What names a launch, each complete by itself; the first that is there counts. Of these the schedulers' are never used
# twice, but for a job that is put back into the queue.
_NAMES = (
    ("TORCHELASTIC_RUN_ID", "MASTER_ADDR", "MASTER_PORT"),
    ("SLURM_JOB_ID", "SLURM_STEP_ID"),
    ("PMIX_NAMESPACE",),
    ("OMPI_MCA_ess_base_jobid",),
    ("MASTER_ADDR", "MASTER_PORT"),
)
_UNIQUE = {"SLURM_JOB_ID", "PMIX_NAMESPACE"}
_RESTARTS = ("TORCHELASTIC_RESTART_COUNT", "SLURM_RESTART_COUNT")
_LOOK_SEC = 0.02
_CLOCK_SKEW_SEC = 5.0  # between machines
_START_ERROR_SEC = 0.05  # of when a process started
_QUIET_SEC = (
    120.0  # a task on another machine whose recorder wrote nothing for so long is not alive
)
_KEPT_SEC = 7 * 86400.0

_asked: dict[str, int] = {}  # how often this process has asked under a key: the n-th joins the n-th


@dataclass(frozen=True, slots=True)
class Joined:
    """Name the attempt that the ranks of a launch report to."""

    task_id: str
    attempt: int
    offset: int
    outputs: Chosen


class Launch:
    """Stand for one launch, as one of its processes sees it."""

    def __init__(
        self, path: Path, rank: int, restarts: int, patience_sec: float, *, is_unique: bool
    ) -> None:
        self.path = path
        self.is_first = rank == 0
        self._is_unique = is_unique
        self._restarts = restarts
        self._patience_sec = patience_sec

    def publish(self, plan: Plan, outputs: Chosen) -> None:
        """Tell the other ranks which task it is, and where files go unless they say otherwise.

        Raises:
            OSError: the home cannot be written.
        """
        import json

        told = {
            "task_id": plan.task_id,
            "attempt": plan.attempt,
            "offset": plan.offset,
            "restarts": self._restarts,
            "host": host_name(),
            "pid": os.getpid(),
            "written_us": now_us(),
            "outputs": outputs.text(),
        }
        self.path.parent.mkdir(parents=True, exist_ok=True)
        part = self.path.with_name(f".{self.path.name}.{os.urandom(4).hex()}.part")
        part.write_text(json.dumps(told))
        part.replace(self.path)
        _sweep(self.path.parent)

    def wait_for_first(self) -> Joined | None:
        """Return what the first rank opened, ``None`` if it opened nothing in time."""
        started_sec = _started_sec()
        deadline = time.monotonic() + self._patience_sec
        while True:
            told = _read(self.path)
            if (
                told is not None
                and told["restarts"] == self._restarts
                and self._is_ours(told, started_sec)
            ):
                outputs = chosen(told["outputs"]) or Chosen("")
                return Joined(told["task_id"], told["attempt"], told["offset"], outputs)
            if time.monotonic() >= deadline:
                return None
            time.sleep(_LOOK_SEC)

    def as_restarted(self, plan: Plan) -> Plan:
        """Return the next attempt of the task of this launch where the launcher has restarted it, else the plan."""
        told = _read(self.path) if self._restarts > 0 and plan.is_new else None
        if told is None or told["restarts"] >= self._restarts:
            return plan
        task_dir = self._task_dir(told)
        if not (task_dir / "journal").is_dir():
            return plan
        return Plan(
            told["task_id"], lookup.last_attempt(task_dir) + 1, told["offset"], is_new=False
        )

    def _is_ours(self, told: dict[str, Any], started_sec: float) -> bool:
        if not self._exists(told):
            return False
        is_here = told["host"] == host_name()
        slack_sec = _START_ERROR_SEC if is_here else _CLOCK_SKEW_SEC
        if self._is_unique or told["written_us"] / 1e6 >= started_sec - slack_sec:
            return True
        if is_here:
            return is_alive(_identity(told))
        return _moved_sec(self._task_dir(told)) >= time.time() - _QUIET_SEC

    def _exists(self, told: dict[str, Any]) -> bool:
        return (self._task_dir(told) / "journal").is_dir()

    def _task_dir(self, told: dict[str, Any]) -> Path:
        return self.path.parent.parent / "tasks" / str(told["task_id"])


def launch_of(
    settings: Settings,
    project: str,
    name: str,
    task_type: str,
    environ: Mapping[str, str] = os.environ,
) -> Launch | None:
    """Return the launch that this process is a rank of, ``None`` if it runs alone or ranks are kept apart."""
    names = _launch_names(environ)
    if not settings.join_ranks or not names:
        return None
    import hashlib

    words = [f"{n}={environ[n]}" for n in names]
    key = hashlib.sha256("\0".join([*words, project, name, task_type]).encode()).hexdigest()[:32]
    _asked[key] = _asked.get(key, 0) + 1
    path = settings.home / FOLDER / f"{key}-{_asked[key]}.json"
    restarts = next((environ[n] for n in _RESTARTS if environ.get(n, "").isdigit()), "0")
    return Launch(
        path,
        rank_of(settings),
        int(restarts),
        settings.join_timeout_sec,
        is_unique=not _UNIQUE.isdisjoint(names),
    )


def _launch_names(environ: Mapping[str, str]) -> Sequence[str]:
    """Return the variables that name this launch; none where this process runs alone."""
    size = next((environ[n] for n in _SIZES if environ.get(n)), "1")
    if not size.isdigit() or int(size) < 2:
        return ()
    return next((names for names in _NAMES if all(environ.get(n) for n in names)), ())


def _read(path: Path) -> dict[str, Any] | None:
    import json

    try:
        told: dict[str, Any] = json.loads(path.read_bytes())
    except (OSError, ValueError):
        return None
    wanted = {
        "task_id": str,
        "attempt": int,
        "offset": int,
        "restarts": int,
        "host": str,
        "pid": int,
        "written_us": int,
        "outputs": str,
    }
    if not isinstance(told, dict) or any(not isinstance(told.get(n), t) for n, t in wanted.items()):
        return None
    return told if len(told["task_id"]) == 32 and told["task_id"].isalnum() else None


def _identity(told: dict[str, Any]) -> WriterIdentity:
    return WriterIdentity(
        task_id=told["task_id"],
        writer="",
        host=told["host"],
        pid=told["pid"],
        started_us=told["written_us"],
    )


def _started_sec() -> float:
    """Return when this process started, as the wall clock counts now."""
    try:
        ticks = int(Path("/proc/self/stat").read_text().rpartition(")")[2].split()[19])
        age_sec = time.clock_gettime(time.CLOCK_BOOTTIME) - ticks / os.sysconf("SC_CLK_TCK")
        return time.time() - age_sec
    except (OSError, ValueError, IndexError, AttributeError):
        import psutil

        return psutil.Process().create_time()


def _moved_sec(task_dir: Path) -> float:
    """Return when a journal of the task was last written to."""
    try:
        return max((p.stat().st_mtime for p in (task_dir / "journal").glob("*/*")), default=0.0)
    except OSError:
        return 0.0


def _sweep(folder: Path) -> None:
    """Remove what launches of long ago have left."""
    for path in folder.iterdir():
        try:
            if path.stat().st_mtime < time.time() - _KEPT_SEC:
                path.unlink()
        except OSError:
            continue
