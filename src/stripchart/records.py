"""The vocabulary: every kind of record that a journal holds, the wire carries and the store reads.

Owner of the meaning of each field; the framing on disk belongs to ``journal.format``. Nothing here does I/O.
A field may be added with a default; a tag, a field's meaning or its type never changes, because journals
written by every released version are read for ever.

Times are integers of microseconds since the Unix epoch in UTC (``*_us``). In a scalar slot the wall time is
a float of seconds, as ``time.time()`` returned it.
"""

from __future__ import annotations

from typing import Any, Literal

import msgspec

FORMAT_VERSION = 1

# Flags of a scalar point. A flagged point is a real point; the flags say what was reported.
NAN = 1  # NaN was reported
POSITIVE_INF = 2  # +Inf was reported
NEGATIVE_INF = 4  # -Inf was reported
REPLACED = 8  # the value stored is the replacement, not what was reported
SINGLE_VALUE = 16  # from report_single_value: has no iteration
NO_ITERATION = 32  # reported with iteration None: has a time but no place on the iteration axis
NON_FINITE = NAN | POSITIVE_INF | NEGATIVE_INF

SINGLE_VALUE_TITLE = "Summary"
MACHINE_TITLE = ":monitor:machine"
GPU_TITLE = ":monitor:gpu"
MONITOR_PREFIX = ":monitor:"
MODEL_PREFIX = ":model:"  # begins the names of the artifacts that make up a model; see query.models
LONGEST_NAME = 4096  # characters of a title or series
PAGE_ENDING = (
    "-page"  # of the names of writers with that role: they do not say when a task was last started
)

Status = Literal[
    "created", "queued", "in_progress", "stopped", "published", "publishing",
    "closed", "failed", "completed", "unknown",
]  # fmt: skip
Stream = Literal["stdout", "stderr", "text"]
Role = Literal["task", "recorder", "console", "page"]
Media = Literal["image", "audio", "video", "html", "text", "file"]


class Record(msgspec.Struct, frozen=True, tag_field="kind", omit_defaults=True, kw_only=True):
    """Base of every variable-size record."""


class SeriesDeclared(Record, tag="series", frozen=True):
    """Give a series of this writer its number; written before the number's first use.

    ``number`` counts from 1 in each writer.
    """

    number: int
    title: str
    series: str


class TaskDescribed(Record, tag="task", frozen=True):
    """State what the task is; a later one (by ``time_us``) replaces the fields that it carries.

    ``None`` means "not said here", so that a later record can change one field alone. ``progress`` is 0 to 100.
    ``tags`` replaces all tags; then ``tags_removed`` and ``tags_added`` change those that there are, for a process
    that cannot know what another has set since. Of one tag the later word counts, and one added stands last.
    """

    time_us: int
    project: str | None = None
    name: str | None = None
    type: str | None = None
    tags: list[str] | None = None
    comment: str | None = None
    parent: str | None = None
    archived: bool | None = None
    system_tags: list[str] | None = None
    progress: int | None = None
    tags_added: list[str] = []
    tags_removed: list[str] = []


class AttemptStarted(Record, tag="attempt", frozen=True):
    """Open an attempt: the task is in progress from here on."""

    time_us: int
    attempt: int
    initial_iteration: int = 0


class StatusChanged(Record, tag="status", frozen=True):
    """Set the status of the task within an attempt.

    ``reason`` is one short line ("SIGKILL", "ValueError: bad shape"); ``message`` the long form
    (a traceback, the last words that faulthandler left). ``observed`` marks what the recorder
    concluded from outside: the task's own word in the same attempt always wins over it.
    """

    time_us: int
    attempt: int
    status: Status
    reason: str = ""
    message: str = ""
    exit_code: int | None = None
    signal: int | None = None
    observed: bool = False


class ConsoleWritten(Record, tag="console", frozen=True):
    """Keep one write to a stream, exactly as written: no folding, no splitting into lines.

    ``stream`` "text" is ``report_text``: one whole message, with no line end needed.
    ``level`` is a ``logging`` level number, 0 where none is known.
    """

    time_us: int
    stream: Stream
    text: str
    level: int = 0


class ParametersSet(Record, tag="parameters", frozen=True):
    """Set parameters by full name (``section/name``); values are strings, as the contract stores them.

    ``types`` names the Python type of a value where known; ``removed`` deletes names. ``descriptions`` says what a
    parameter is for.
    """

    time_us: int
    values: dict[str, str]
    types: dict[str, str] = {}
    removed: list[str] = []
    descriptions: dict[str, str] = {}


class EnvironmentDescribed(Record, tag="environment", frozen=True):
    """Describe where and from what the attempt runs. Parts arrive as they become known; later keys win.

    Known keys: ``host, user, os, python, executable, argv, cwd, script, pid, cpu_count, memory_bytes,
    gpus, stripchart`` (from the task) and ``git`` (``{url, branch, commit, dirty, diff}``), ``packages``
    (``{name: version}``) (from the recorder).
    """

    time_us: int
    attempt: int
    values: dict[str, Any]


class Noted(Record, tag="note", frozen=True):
    """Tell of something lost or degraded in this writer; ``count`` is the running total for ``code``.

    A code that has several causes (reasons, or lines of the script) has a count for each: ``code``, ``code#2``,
    ``code#3`` …; see ``code_of``.

    ``lost`` is true where data is missing from the record (shown as an error), false where the
    logger merely worked around something (shown as a warning).
    """

    time_us: int
    code: str
    message: str
    count: int = 1
    lost: bool = False


class CostMeasured(Record, tag="cost", frozen=True):
    """Say what the logger itself cost so far, as the recorder sees it: CPU seconds and bytes."""

    time_us: int
    recorder_cpu_sec: float
    recorder_rss_bytes: int
    journal_bytes: int


class PlotReported(Record, tag="plot", frozen=True):
    """Keep a figure: ``figure`` is JSON text of a plotly figure (``data``, ``layout``).

    ``iteration`` already includes the task's initial iteration; ``None`` was reported as none. A later one of the
    same (title, series, iteration, rank) takes its place in reads; the journal keeps both.
    """

    time_us: int
    title: str
    series: str
    figure: str
    iteration: int | None = None


class SampleReported(Record, tag="sample", frozen=True):
    """Hand a debug sample to the recorder, which encodes, uploads and retires it.

    ``sample`` is its id (32 hex digits). ``path`` is where its bytes wait: relative to the task's folder where the
    logger put them there (``spool/…``), absolute for a file of the user's; empty for a ``url``, which is only
    linked. ``shape``, ``dtype`` and ``layout`` ("HW", "HWC" or "CHW") describe raw array bytes in the spool, which
    begin at ``offset`` of their file; absent for encoded ones.
    ``history`` is how many of this (title, series) are kept, below 0 all. ``destination`` is a URI, empty for the
    task's own folder.
    """

    time_us: int
    sample: str
    title: str
    series: str
    media: Media
    iteration: int | None = None
    path: str = ""
    url: str = ""
    extension: str = ""
    shape: list[int] = []
    dtype: str = ""
    layout: str = ""
    offset: int = 0
    history: int = -1
    delete_after_upload: bool = False
    destination: str = ""


class SampleSending(Record, tag="sample_sending", frozen=True):
    """Tell where a sample is about to be stored, from the recorder, before anything is there.

    ``url`` as in ``SampleStored``. Who goes on after a recorder was killed knows by it what may lie there although
    nothing says that it was stored.
    """

    time_us: int
    sample: str
    url: str


class SampleStored(Record, tag="sample_stored", frozen=True):
    """Tell where a sample came to lie, from the recorder.

    ``url`` is relative to the task's folder (``media/…``) where the destination is the folder itself, else absolute.
    ``thumbnail`` is a small image, relative to the task's folder; empty where there is none. ``error`` is set, and
    ``url`` empty, where the sample could not be read or encoded; an upload that fails is tried again instead.
    """

    time_us: int
    sample: str
    title: str
    series: str
    media: Media
    iteration: int | None = None
    url: str = ""
    thumbnail: str = ""
    size_bytes: int = 0
    width: int = 0
    height: int = 0
    error: str = ""


class SampleRemoved(Record, tag="sample_removed", frozen=True):
    """Tell that retention removed a sample from storage; it leaves the index too."""

    time_us: int
    sample: str


class ArtifactStored(Record, tag="artifact", frozen=True):
    """State an artifact; a later one of the same name replaces it, ``removed`` deletes it.

    ``url`` as in ``SampleStored``. ``type`` is the contract's name of the object's kind. ``state`` is "pending" until
    the recorder has uploaded it.
    """

    time_us: int
    name: str
    type: str = ""
    url: str = ""
    state: Literal["pending", "stored", "failed"] = "stored"
    size_bytes: int = 0
    hash: str = ""
    preview: str = ""
    metadata: dict[str, str] = {}
    error: str = ""
    removed: bool = False
    path: str = ""
    destination: str = ""
    delete_after_upload: bool = False


class ConfigurationSet(Record, tag="configuration", frozen=True):
    """Set a named configuration object: text of any format; ``None`` deletes it."""

    time_us: int
    name: str
    text: str | None
    type: str = ""
    description: str = ""


class PropertiesSet(Record, tag="properties", frozen=True):
    """Set user properties by name (``value``, ``type``, ``description``); ``removed`` deletes names."""

    time_us: int
    values: dict[str, dict[str, str]]
    removed: list[str] = []


class WriterClosed(Record, tag="closed", frozen=True):
    """End a writer in order: everything that it was given is above this record."""

    time_us: int


AnyRecord = (
    SeriesDeclared
    | TaskDescribed
    | AttemptStarted
    | StatusChanged
    | ConsoleWritten
    | ParametersSet
    | EnvironmentDescribed
    | Noted
    | CostMeasured
    | PlotReported
    | SampleReported
    | SampleSending
    | SampleStored
    | SampleRemoved
    | ArtifactStored
    | ConfigurationSet
    | PropertiesSet
    | WriterClosed
)


class Unknown(msgspec.Struct, frozen=True, kw_only=True):
    """Stand for a record whose kind this version does not know; kept, passed over, counted."""

    kind: str
    payload: bytes


class WriterIdentity(msgspec.Struct, frozen=True, kw_only=True):
    """Say who appends to a journal; stands in the header of each of its segments."""

    task_id: str
    writer: str
    host: str
    pid: int
    started_us: int
    attempt: int = 0
    rank: int = 0
    role: Role = "task"
    stripchart: str = ""


_encoder = msgspec.msgpack.Encoder()
_decoder: msgspec.msgpack.Decoder[AnyRecord] = msgspec.msgpack.Decoder(AnyRecord)
_identity_decoder = msgspec.msgpack.Decoder(WriterIdentity)


def encode(record: Record | WriterIdentity) -> bytes:
    """Encode a record as msgpack.

    Raises:
        TypeError: a field holds something msgpack cannot carry.
        UnicodeEncodeError: a text holds lone surrogates; see ``clean_text``.
    """
    return _encoder.encode(record)


def decode(payload: bytes | memoryview) -> AnyRecord | Unknown:
    """Decode a record; one of a kind that this version does not know comes back as ``Unknown``.

    Raises:
        ValueError: the payload is not msgpack, or a known kind with a field of the wrong type.
    """
    try:
        return _decoder.decode(payload)
    except msgspec.ValidationError as error:
        try:
            raw = msgspec.msgpack.decode(payload)
        except msgspec.DecodeError:
            raise ValueError(str(error)) from None
        kind = raw.get("kind") if isinstance(raw, dict) else None
        if isinstance(kind, str) and kind not in _KNOWN_KINDS:
            return Unknown(kind=kind, payload=bytes(payload))
        raise ValueError(str(error)) from None
    except msgspec.DecodeError as error:
        raise ValueError(str(error)) from None


def decode_identity(payload: bytes | memoryview) -> WriterIdentity:
    """Decode the writer's identity from a segment header.

    Raises:
        ValueError: the payload is not an identity.
    """
    try:
        return _identity_decoder.decode(payload)
    except msgspec.DecodeError as error:
        raise ValueError(str(error)) from None


def clean_text(text: str) -> str:
    """Return the text with what UTF-8 cannot carry (lone surrogates) written as ``\\udcXX`` escapes."""
    try:
        text.encode()
    except UnicodeEncodeError:
        return text.encode("utf-8", "backslashreplace").decode()
    return text


def code_of(code: str, number: int) -> str:
    """Return what the ``Noted`` records of the ``number``-th cause of a code bear, the first being 1."""
    return code if number == 1 else f"{code}#{number}"


def plain_code(code: str) -> str:
    """Return the code that ``code_of`` was given."""
    return code.partition("#")[0]


_KNOWN_KINDS = {t.__struct_config__.tag for t in AnyRecord.__args__}


def reference() -> str:
    """Return the reference page of all record kinds as Markdown."""
    import inspect

    page = [
        "# Records",
        "",
        "What the record stream of a journal holds: msgpack maps whose `kind` says which of these they are. A field",
        "with a default may be absent. Made by `scripts/docs` from `stripchart/records.py`.",
    ]
    for struct in AnyRecord.__args__:
        lines = inspect.cleandoc(struct.__doc__ or "").replace("``", "`").splitlines()
        fields = [
            f"| `{f.name}` | `{str(struct.__annotations__[f.name]).replace('|', 'or')}` | "
            f"{'' if f.required else f'`{_default(f)!r}`'} |"
            for f in msgspec.structs.fields(struct)
        ]
        heading = f"## `{struct.__struct_config__.tag}`"
        table = ["| field | type | default |", "|---|---|---|", *fields]
        page += ["", heading, "", *lines, "", *table]
    return "\n".join([*page, ""])


def _default(field: msgspec.structs.FieldInfo) -> Any:
    return field.default if field.default is not msgspec.NODEFAULT else field.default_factory()
