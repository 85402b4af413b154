"""Capture what Hydra composes for a job, and see that each job of a multirun is a task of its own.

Hydra sets its configuration as a job begins and takes it back as it ends; the configuration of the job hangs above
it. It is recorded as composed: to resolve interpolations would run resolvers of the script's own.
"""

from __future__ import annotations

import sys
from collections.abc import Iterable, Mapping
from types import ModuleType
from typing import Any

from stripchart.capture import parsing
from stripchart.capture.parsing import Parsed, Parses
from stripchart.capture.watch import Captured, Watch

TITLE = "Hydra / OmegaConf"
CAPTURED = (
    Captured("each override of a job", "parameter, with type", "`Hydra/<key>`"),
    Captured("the configuration of a job", "configuration object, YAML", "`OmegaConf`"),
    Captured("`compose(config_name, overrides)`", "the same", "the same"),
    Captured(
        "each job of a `--multirun` that opens a task", "a task of its own, closed with the job", ""
    ),
)
NOTES = """
The configuration is kept as it was composed, its interpolations not resolved. Hydra's own options (`--config-name` …)
are in `Args`, as those of any script.
"""
SECTION, CONFIGURATION = "Hydra", "OmegaConf"

PARSES = Parses()


def remember(module: ModuleType) -> None:
    """Keep what is composed from now on."""

    def composed(result: Any, args: tuple[Any, ...], kwargs: Mapping[str, Any]) -> None:
        # From the shell it is part of a run, whose jobs set their configurations themselves.
        if kwargs.get("from_shell", True) is False:
            overrides = kwargs.get("overrides", args[2] if len(args) > 2 else ())
            PARSES.keep(_told(module, result, overrides))

    PARSES.observe(module.Hydra, "compose_config", composed)


def begin(watch: Watch, module: ModuleType) -> None:
    """Report the job that runs, and those that will."""
    remember(module)
    from_job = module.HydraConfig
    watch.follow(PARSES)

    def began(_result: Any, args: tuple[Any, ...], _kwargs: Mapping[str, Any]) -> None:
        watch.parsed(_job(module, args[1]))

    watch.observe(from_job, "set_config", began)
    if not from_job.initialized():
        return
    hydra = from_job.get()
    watch.parsed(_job(module, hydra._get_parent()))
    if getattr(hydra.mode, "name", "") == "MULTIRUN":
        watch.observe(module.Callbacks, "on_job_end", lambda _, args, kwargs: _end(watch, kwargs))


def _end(watch: Watch, kwargs: Mapping[str, Any]) -> None:
    """Close the task that the job has opened: the next one opens another."""
    job = kwargs.get("job_return")
    if getattr(getattr(job, "status", None), "name", "") == "FAILED":
        error = job._return_value  # type: ignore[union-attr]
        watch.task.mark_failed(status_reason=f"{type(error).__name__}: {error}")
    watch.task.close()


def _job(module: Any, config: Any) -> Parsed:
    return _told(module, config, list(config.hydra.overrides.task))


def _told(module: Any, config: Any, overrides: Iterable[str]) -> Parsed:
    values = dict(_override(str(text)) for text in overrides)
    own = module.OmegaConf.masked_copy(config, [k for k in config if k != "hydra"])
    text = module.OmegaConf.to_yaml(own)
    configuration = (CONFIGURATION, text)
    owners = frozenset({""})
    return parsing.parsed(SECTION, SECTION, values, owners, configuration=configuration)


def _override(text: str) -> tuple[str, Any]:
    """Return the key of an override and its value; a deletion keeps its ``~``."""
    key, _, value = text.partition("=")
    key = key.lstrip("+")
    try:
        parser = sys.modules["hydra.core.override_parser.overrides_parser"].OverridesParser
        made = parser.create().parse_override(text).value()
    except Exception:  # noqa: BLE001 - Hydra has understood it; another version of its parser
        return key, value
    return key, made if isinstance(made, bool | int | float | str | list | None) else value
