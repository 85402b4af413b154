"""``auto_resource_monitoring``: whether, how often and what the recorder reads of the machine."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any

# Of these nothing is to be chosen here: readings begin at once, wait for no iteration, and a rate is the mean
# over the whole time between two of them instead of that of some samples.
_WITHOUT_EFFECT = {
    "report_start_sec",
    "seconds_from_start",
    "first_report_sec",
    "wait_for_first_iteration_to_start_sec",
    "max_wait_for_first_iteration_to_start_sec",
    "sample_frequency_per_sec",
}
_MEMORY = {"report_mem_used_per_process": False, "report_global_mem_used": True}
_SHORTEST_SEC, _LONGEST_SEC = 0.05, 3600.0  # as the setting monitor_interval_sec


@dataclass(frozen=True, slots=True)
class Monitoring:
    """Say what the recorder reads; ``interval_sec`` is ``None`` for the setting's."""

    wanted: bool = True
    interval_sec: float | None = None
    whole_machine: bool = (
        False  # memory_used_gb is that of the machine, not of the task's processes
    )
    remark: str = ""  # what was asked for and is not done

    def arguments(self) -> list[str]:
        """Return what the recorder's command line says of it."""
        if not self.wanted:
            return ["--no-monitor"]
        told = [] if self.interval_sec is None else ["--monitor-interval", repr(self.interval_sec)]
        return [*told, "--whole-machine"] if self.whole_machine else told


def monitoring(auto_resource_monitoring: Any) -> Monitoring:
    """Read the argument of ``Task.init``: a bool, a class (taken for True) or a dict.

    Raises:
        TypeError, ValueError: it is none of these, has an unknown key, or a value does not fit.
    """
    given = auto_resource_monitoring
    if isinstance(given, type):
        remark = f"the recorder reads the machine: {given.__name__} is not used for it"
        return Monitoring(remark=remark)
    if isinstance(given, bool):
        return Monitoring(wanted=given)
    if not isinstance(given, Mapping):
        kind = type(given).__name__
        raise TypeError(f"auto_resource_monitoring must be True, False or a dict, got {kind}")
    unknown = set(given) - _WITHOUT_EFFECT - set(_MEMORY) - {"report_frequency_sec"}
    if unknown:
        names = ", ".join(sorted(map(str, unknown)))
        raise ValueError(f"auto_resource_monitoring does not know {names}")
    # What is told last counts, should both names be used.
    whole = [bool(value) == _MEMORY[key] for key, value in given.items() if key in _MEMORY]
    return Monitoring(
        interval_sec=_interval(given.get("report_frequency_sec")),
        whole_machine=bool(whole) and whole[-1],
    )


def _interval(given: Any) -> float | None:
    if given is None:
        return None
    if isinstance(given, bool) or not isinstance(given, (int, float)):
        kind = type(given).__name__
        raise TypeError(f"report_frequency_sec must be a number of seconds, got {kind}")
    if not _SHORTEST_SEC <= given <= _LONGEST_SEC:
        raise ValueError(f"report_frequency_sec must be from {_SHORTEST_SEC} to {_LONGEST_SEC:.0f}")
    return float(given)
