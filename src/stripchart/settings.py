"""One frozen object of settings: argument > environment (``STRIPCHART_*``) > ``config.toml`` in the home > default.

Where the setting ``clearml_conf`` points at a ``clearml.conf``, that stands between ``config.toml`` and the defaults.
A wrong setting fails at start with the setting's name and where it came from; nothing is read later.
"""

from __future__ import annotations

import os
import re
from collections.abc import Mapping
from dataclasses import dataclass, field, fields
from pathlib import Path
from typing import Any

from stripchart.credentials import Storage

ENVIRONMENT_PREFIX = "STRIPCHART_"
CONFIG_NAME = "config.toml"
NO_STORAGE = Storage()
_ORIGIN = re.compile(r"https?://[A-Za-z0-9*][A-Za-z0-9.-]*(:([0-9]{1,5}|\*))?")


class SettingsError(ValueError):
    """Refuse a wrong setting, by name."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Settings:
    """Hold every setting, checked.

    Each field's metadata holds its one-line meaning, from which the reference page is made.
    """

    home: Path = field(
        default=Path("~/.stripchart"), metadata={"doc": "The folder that holds tasks and index."}
    )
    strict: bool = field(
        default=False,
        metadata={"doc": "Raise the logger's own errors into the script instead of noting them."},
    )
    rank: int | None = field(
        default=None,
        metadata={"doc": "Rank of this process; else what torchrun, srun or mpirun say; else 0."},
    )
    join_ranks: bool = field(
        default=True,
        metadata={"doc": "Have processes of one launch that ask for the same names join one task."},
    )
    join_timeout_sec: float = field(
        default=30.0,
        metadata={
            "doc": "Seconds that a rank waits for rank 0 to open the task; then it opens its own."
        },
    )
    artifact_destination: str = field(
        default="",
        metadata={
            "doc": "Where artifacts go without `output_uri`, a URI; empty for the task's own folder."
        },
    )
    auto_pickle: bool = field(
        default=True,
        metadata={
            "doc": "Pickle an artifact of a kind that has no other form; else it is refused."
        },
    )
    capture_console: bool = field(
        default=True,
        metadata={"doc": "Capture stdout and stderr, unless `auto_connect_streams` says which."},
    )
    capture_descriptors: bool = field(
        default=False,
        metadata={
            "doc": "Capture what native code and child processes print too, by descriptor, unless "
            "`auto_connect_streams` says which."
        },
    )
    capture_frameworks: bool = field(
        default=True,
        metadata={
            "doc": "Capture what libraries log, save and parse, unless `Task.init` says which."
        },
    )
    capture_environment: str = field(
        default="",
        metadata={
            "doc": "Environment variables to record as parameters, separated by commas; `*` stands for any text."
        },
    )
    clearml_conf: str = field(
        default="",
        metadata={"doc": "A `clearml.conf` to take settings from that are not set otherwise."},
    )
    recorder: bool = field(
        default=True, metadata={"doc": "Run the side process that watches, measures and seals."}
    )
    monitor_interval_sec: float = field(
        default=2.0, metadata={"doc": "Seconds between recorded machine and GPU readings."}
    )
    monitor_per_core: bool = field(
        default=False, metadata={"doc": "Read the usage of each core, beside that of all."}
    )
    monitor_whole_machine: bool = field(
        default=False,
        metadata={"doc": "Read the memory of the whole machine, not that of the task's processes."},
    )
    seal_interval_sec: float = field(
        default=0.5, metadata={"doc": "Seconds between checksums over new scalar records."}
    )
    sync_interval_sec: float = field(
        default=5.0, metadata={"doc": "Seconds between forcing journals from page cache to disk."}
    )
    nan_value: float = field(default=0.0, metadata={"doc": "What a reported NaN is logged as."})
    inf_value: float = field(
        default=0.0, metadata={"doc": "What a reported +Inf or -Inf is logged as."}
    )
    upload_destination: str = field(
        default="",
        metadata={"doc": "Where debug samples go, a URI; empty for the task's own folder."},
    )
    upload_linger_sec: float = field(
        default=3600.0,
        metadata={"doc": "Seconds that the recorder stays after the end to finish uploads."},
    )
    sample_history: int = field(
        default=100,
        metadata={"doc": "Debug samples kept of each title and series; below 0 all."},
    )
    image_format: str = field(
        default="png", metadata={"doc": "How images are encoded: png (lossless), jpeg or webp."}
    )
    image_quality: int = field(
        default=87, metadata={"doc": "Quality of jpeg and webp images, 1 to 100."}
    )
    storage: Storage = field(
        default=NO_STORAGE,
        metadata={
            "doc": "Credentials by destination: the table `[storage]`, in `config.toml` only."
        },
    )
    host: str = field(default="127.0.0.1", metadata={"doc": "Address the server listens on."})
    port: int = field(default=8265, metadata={"doc": "Port the server listens on."})
    embed_origins: str = field(
        default="local",
        metadata={
            "doc": "Pages that may show a task in a frame: origins separated by spaces; `local` stands for those of "
            "this machine and of VS Code, `none` for nobody."
        },
    )

    @property
    def tasks(self) -> Path:
        """Return the folder of task folders."""
        return self.home / "tasks"

    def task_dir(self, task_id: str) -> Path:
        """Return the folder of one task."""
        return self.tasks / task_id


def load(environ: Mapping[str, str] | None = None, **arguments: Any) -> Settings:
    """Gather the settings from arguments (``None`` means not given), environment, file and defaults.

    Raises:
        SettingsError: a setting is unknown, or its value does not fit; the message names it and its source.
    """
    given = sources(environ, **arguments)
    settings = Settings(**{name: told.value for name, told in given.items()})
    _check(settings)
    return settings


@dataclass(frozen=True, slots=True)
class Sourced:
    """Hold a value and where it came from: ``argument``, a variable, a file, or ``default``."""

    value: Any
    source: str


def sources(environ: Mapping[str, str] | None = None, **arguments: Any) -> dict[str, Sourced]:
    """Return every setting with where it came from, in the order of ``Settings``; see ``load``.

    Raises:
        SettingsError: as ``load``, but for what is checked of the whole.
    """
    environ = os.environ if environ is None else environ
    known = {f.name: Sourced(f.default, "default") for f in fields(Settings)}
    for name in arguments:
        if name not in known:
            raise SettingsError(f"unknown setting {name!r}")
    home = _sourced_home(environ, arguments.get("home"))
    path = home.value / CONFIG_NAME
    from_file = {n: v for n, v in _read_file(path).items() if n != "home"}
    for name in from_file:
        if name not in known:
            raise SettingsError(f"unknown setting {name!r} in {path}")
    given = _taken(from_file, str(path))
    for name in known:
        text = environ.get(variable_of(name))
        if text:
            given |= _taken({name: text}, variable_of(name))
    given |= _taken({n: v for n, v in arguments.items() if v is not None}, "argument")
    conf = given.get("clearml_conf")
    return known | _from_clearml(conf) | given | {"home": home}


def variable_of(name: str) -> str:
    """Return the environment variable of a setting."""
    return ENVIRONMENT_PREFIX + name.upper()


def _taken(values: Mapping[str, Any], source: str) -> dict[str, Sourced]:
    return {
        name: Sourced(_convert(name, value, source=source), source)
        for name, value in values.items()
        if name != "home"
    }


def _sourced_home(environ: Mapping[str, str], argument: Any) -> Sourced:
    variable = variable_of("home")
    if argument:
        return Sourced(_home(argument), "argument")
    source = variable if environ.get(variable) else "default"
    return Sourced(_home(environ.get(variable)), source)


def _from_clearml(conf: Sourced | None) -> dict[str, Sourced]:
    """Return what the ``clearml.conf`` gives that a setting points at."""
    if conf is None or not conf.value:
        return {}
    from stripchart import clearml_conf

    path = Path(conf.value).expanduser()
    try:
        return _taken(clearml_conf.read(path), str(path))
    except clearml_conf.ConfError as error:
        raise SettingsError(f"setting 'clearml_conf' from {conf.source}: {error}") from None


def _home(given: Any) -> Path:
    default: Any = Settings.__dataclass_fields__["home"].default
    try:
        home = Path(given or default).expanduser().absolute()
        os.fsencode(home)
    except (TypeError, ValueError, RuntimeError, OSError) as error:
        raise SettingsError(f"setting 'home': {given!r} is not a folder: {error}") from None
    if "\0" in str(home):
        raise SettingsError(f"setting 'home': {given!r} is not a folder: it holds a null character")
    return home


def _read_file(path: Path) -> dict[str, Any]:
    try:
        text = path.read_bytes()
    except (FileNotFoundError, NotADirectoryError):
        return {}
    except OSError as error:
        raise SettingsError(f"{path} cannot be read: {error.strerror or error}") from None
    import tomllib

    try:
        return tomllib.loads(text.decode())
    except (tomllib.TOMLDecodeError, UnicodeDecodeError) as error:
        raise SettingsError(f"{path} is not valid TOML: {error}") from None


_IN_WORDS = {
    "bool": "one of true, false, 1, 0, yes, no, on, off",
    "int": "a whole number",
    "float": "a number",
    "str": "a text",
}
_TRUE, _FALSE = {"1", "true", "yes", "on"}, {"0", "false", "no", "off"}


def _convert(name: str, value: Any, *, source: str) -> Any:
    kind = str(Settings.__dataclass_fields__[name].type)
    if kind == "Storage":
        return _storage(value, source=source)
    try:
        if kind == "bool":
            if isinstance(value, bool):
                return value
            lowered = str(value).strip().lower()
            if lowered in _TRUE or lowered in _FALSE:
                return lowered in _TRUE
            raise ValueError
        if kind.startswith("int"):
            if isinstance(value, bool) or (isinstance(value, float) and not value.is_integer()):
                raise ValueError
            return int(value)
        if kind == "float":
            if isinstance(value, bool):
                raise ValueError
            return float(value)
        if not isinstance(value, str):
            raise TypeError
        return value
    except (TypeError, ValueError, OverflowError):
        wanted = _IN_WORDS[kind.partition(" ")[0]]
        raise SettingsError(f"setting {name!r} from {source}: {value!r} is not {wanted}") from None


def _storage(value: Any, *, source: str) -> Storage:
    """Convert the table of credentials; no part of it is shown."""
    try:
        return value if isinstance(value, Storage) else Storage(value)
    except ValueError as error:
        raise SettingsError(f"setting 'storage' from {source}: {error}") from None


def _check(settings: Settings) -> None:
    for name in ("monitor_interval_sec", "seal_interval_sec", "sync_interval_sec"):
        if not 0.05 <= getattr(settings, name) <= 3600:
            raise SettingsError(f"setting {name!r} must be between 0.05 and 3600 seconds")
    if not 0 <= settings.upload_linger_sec <= 7 * 86400:
        raise SettingsError("setting 'upload_linger_sec' must be between 0 and 604800 seconds")
    if settings.sample_history == 0:
        raise SettingsError("setting 'sample_history' must be above 0, or below 0 to keep all")
    if settings.image_format not in ("png", "jpeg", "webp"):
        raise SettingsError("setting 'image_format' must be png, jpeg or webp")
    if not 1 <= settings.image_quality <= 100:
        raise SettingsError("setting 'image_quality' must be between 1 and 100")
    if not 0 <= settings.join_timeout_sec <= 3600:
        raise SettingsError("setting 'join_timeout_sec' must be between 0 and 3600 seconds")
    for word in settings.embed_origins.split():
        if word not in ("local", "none") and not _ORIGIN.fullmatch(word):
            raise SettingsError(
                f"setting 'embed_origins': {word!r} is no origin such as https://example.org:8888"
            )
    if not 0 <= settings.port <= 65535:
        raise SettingsError("setting 'port' must be between 0 and 65535")
    if settings.rank is not None and settings.rank < 0:
        raise SettingsError("setting 'rank' must not be negative")


def reference() -> str:
    """Return the reference page of all settings as Markdown."""
    rows = [
        f"| `{f.name}` | `{ENVIRONMENT_PREFIX}{f.name.upper()}` | {str(f.type).replace('|', 'or')} | `{f.default}` | "
        f"{f.metadata['doc']} |"
        for f in fields(Settings)
    ]
    return "\n".join(
        [
            "# Settings",
            "",
            "Each is taken from, in this order: an argument, the environment, `config.toml` in the home, a",
            "`clearml.conf` that `clearml_conf` points at, the default. A wrong one fails at start, by name.",
            "`stripchart config` shows each and where it came from. Made by `scripts/docs`.",
            "",
            "| in `config.toml` | environment | type | default | meaning |",
            "|---|---|---|---|---|",
            *rows,
            "",
        ]
    )
