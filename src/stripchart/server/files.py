"""Files of a task for the browser: what they are, whether they may be seen, and that they cannot do anything.

What a task reports is untrusted. A file is only served from ``media/`` and ``artifacts/`` of its task, or from the
spool where a sample still waits there; nothing is followed that leads out of the task's folder. Every answer is in a
sandbox (no scripts, no forms, an origin of its own), its type is what we say, and what a browser might run in another
way than in that sandbox is a download. Only pages that were reported as debug samples may run their scripts, still in
an origin of their own and without the network (``docs/adr/0015-what-a-reported-page-may-do.md``).
"""

from __future__ import annotations

import os
import stat
from dataclasses import dataclass
from pathlib import Path
from typing import BinaryIO
from urllib.parse import quote

from stripchart.server.errors import NotFoundError

FOLDERS = ("media", "artifacts")
_CONFINED = "form-action 'none'; base-uri 'none'; frame-ancestors 'self'"
CONTENT_SECURITY_POLICY = (
    "sandbox; default-src 'none'; img-src 'self' data:; media-src 'self' data:; font-src data:; "
    f"style-src 'unsafe-inline'; {_CONFINED}"
)
# Without allow-same-origin the page has an origin of its own: no cookies, no storage, no DOM but its own. What it
# holds it may run and draw; from the network, ours included, it gets nothing.
SCRIPTED_POLICY = (
    "sandbox allow-scripts; default-src 'none'; script-src 'unsafe-inline' 'unsafe-eval' data: blob:; "
    "style-src 'unsafe-inline' data:; img-src data: blob:; media-src data: blob:; font-src data:; "
    f"connect-src data: blob:; worker-src blob:; {_CONFINED}"
)
_SCRIPTED = "text/html"
# Of a link that names no extension: what a browser looks at itself, within the kind.
USUAL = {"image": "png", "audio": "mp3", "video": "mp4", "html": "html", "text": "txt"}
_TEXT = "text/plain"  # the framework adds the charset, UTF-8
# Not left to the system's registry: what a browser makes of a file must not depend on the machine.
_SHOWN = {
    "png": "image/png",
    "jpg": "image/jpeg",
    "jpeg": "image/jpeg",
    "gif": "image/gif",
    "webp": "image/webp",
    "avif": "image/avif",
    "bmp": "image/bmp",
    "tif": "image/tiff",
    "tiff": "image/tiff",
    "ico": "image/x-icon",
    "svg": "image/svg+xml",
    "mp3": "audio/mpeg",
    "wav": "audio/wav",
    "flac": "audio/flac",
    "ogg": "audio/ogg",
    "oga": "audio/ogg",
    "opus": "audio/ogg",
    "m4a": "audio/mp4",
    "aac": "audio/aac",
    "mp4": "video/mp4",
    "m4v": "video/mp4",
    "webm": "video/webm",
    "ogv": "video/ogg",
    "mov": "video/quicktime",
    "html": "text/html",
    "htm": "text/html",
    "json": "application/json",
    **dict.fromkeys(("txt", "log", "md", "csv", "tsv", "yaml", "yml", "toml", "ini", "py"), _TEXT),
}
_FORBIDDEN = {"\\", "\0"} | ({":"} if os.name == "nt" else set())
_DOWNLOADED = "application/octet-stream"


@dataclass(frozen=True, slots=True)
class OpenFile:
    """Hold a file that is open, its size and the tag of its content."""

    file: BinaryIO
    size: int
    tag: str


def open_file(task_dir: Path, path: str, folders: tuple[str, ...] = FOLDERS) -> OpenFile:
    """Open a file of a task by its path in the task's folder, one of whose ``folders`` it must be in.

    Raises:
        NotFoundError: there is no such file, or it is none to be served.
    """
    missing = NotFoundError(f"no file {path[:200]!r} in this task")
    parts = path.split("/")
    if len(parts) < 2 or parts[0] not in folders or not all(map(is_plain, parts)):
        raise missing
    try:
        base = task_dir.resolve(strict=True)
        file = base.joinpath(*parts)
        # The base has no links left in it: a path that resolves to another one has a link below.
        if file.resolve(strict=True) != file:
            raise missing
        return open_anywhere(file)
    except (OSError, ValueError):
        raise missing from None


def open_anywhere(path: Path) -> OpenFile:
    """Open a plain file.

    Raises:
        OSError: there is none, or it is a folder, a pipe, a link.
    """
    # A pipe would block the open, and a link may have come since it was looked at.
    flags = os.O_RDONLY | getattr(os, "O_NOFOLLOW", 0) | getattr(os, "O_NONBLOCK", 0)
    handle = os.open(path, flags | getattr(os, "O_BINARY", 0) | getattr(os, "O_CLOEXEC", 0))
    status = os.fstat(handle)
    if not stat.S_ISREG(status.st_mode):
        os.close(handle)
        raise FileNotFoundError(path)
    tag = f'"{status.st_mtime_ns:x}-{status.st_size:x}-{status.st_ino:x}"'
    return OpenFile(os.fdopen(handle, "rb"), status.st_size, tag)


def headers_of(name: str, *, is_sample: bool = False) -> dict[str, str]:
    """Return type, disposition and policy for a file by its name; a page that is a sample may run its scripts."""
    kind = _SHOWN.get(name.rpartition(".")[2].lower()) if "." in name else None
    policy = SCRIPTED_POLICY if is_sample and kind == _SCRIPTED else CONTENT_SECURITY_POLICY
    disposition = "inline" if kind is not None else "attachment"
    return {
        "content-type": kind or _DOWNLOADED,
        "content-disposition": f"{disposition}; filename*=UTF-8''{quote(name, safe='')}",
        "content-security-policy": policy,
        # Names may be used again; the tag says whether they were.
        "cache-control": "private, no-cache",
        "accept-ranges": "bytes",
    }


def is_plain(part: str) -> bool:
    """Tell whether a part of a path is a name, and leads nowhere else."""
    return part not in {"", ".", ".."} and not _FORBIDDEN & set(part)
