"""Make the keys under which files lie in a destination.

At a destination of the user's the folders are those of the Logger contract, section 6: ``<project>/<task name>.<task
id>/metrics/<title>/<series>/<title>_<series>_<number>.<extension>``. Names of files are never used again: the number
is the iteration and the start of the sample's id is added, so that an old link never shows a newer picture.
"""

from __future__ import annotations

import hashlib
import re
from urllib.parse import quote

_SAFE = "'[]{}()$^,.; -_+-=/"
_LONGEST_PART = 250  # characters; file systems take 255 bytes
_LONGEST_PROJECT, _LONGEST_TASK = 256, 128
_LONGEST_KEY = 1000  # bytes; S3 and Azure take 1024
_QUOTED = re.compile("[#\"';?:@&=+$,%!\r\n]")
_CONTROL = re.compile("[\x00-\x1f\x7f]")


def task_folder(project: str, name: str, task_id: str) -> str:
    """Return the folder of a task: ``<project>/<task name>.<task id>``."""
    if len(project) > _LONGEST_PROJECT:
        project = f"{project[: _LONGEST_PROJECT - 33]}.{task_id}"
    name = f"{name[: _LONGEST_TASK - len(task_id) - 1]}.{task_id}"
    return _join(_quoted(project), _quoted(name))


def sample_key(
    folder: str, *, title: str, series: str, iteration: int | None, sample: str, extension: str
) -> str:
    """Return the key of a debug sample below a task's folder."""
    title, series = _named(title), _named(series)
    number = "none" if iteration is None else f"{iteration:08d}"
    stem = _part(f"{title}_{series}_{number}_{sample[:8]}", reserve=len(extension) + 1)
    name = f"{stem}.{extension}" if extension else stem
    return _bounded(_join(folder, "metrics", _part(title), _part(series), name))


def artifact_key(folder: str, name: str, file_name: str) -> str:
    """Return the key of an artifact: ``<task's folder>/artifacts/<name>/<file name>``."""
    folders = (folder, "artifacts") if folder else ("artifacts",)
    return _bounded(_join(*folders, _part(_named(name)), _part(_named(file_name))))


def model_key(folder: str, model: str, file_name: str) -> str:
    """Return the key of a model's weights: ``<task's folder>/models/<model's id>/<file name>``."""
    folders = (folder, "models") if folder else ("artifacts", "models")
    return _bounded(_join(*folders, _part(_named(model)), _part(_named(file_name))))


def _named(text: str) -> str:
    """Write a title or series so that it is one part of a path, as the contract does."""
    text = text.replace("\\", "/").replace("/", ".slash.")
    text = _QUOTED.sub(lambda found: f"0x{ord(found[0]):02x}", text)
    return _CONTROL.sub(lambda found: f"0x{ord(found[0]):02x}", text)


def _quoted(text: str) -> str:
    return quote(text, safe=_SAFE, errors="backslashreplace")


def _part(text: str, reserve: int = 0) -> str:
    if text.strip(".") == "":
        return text.replace(".", "%2E") or "_"
    if len(text) + reserve > _LONGEST_PART or len(text.encode("utf-8", "replace")) + reserve > 255:
        return _digest(text)
    return text


def _join(*parts: str) -> str:
    return "/".join(_part(name) for part in parts for name in part.split("/"))


def _bounded(key: str) -> str:
    """Put a digest in the place of all folders where the whole would be too long for a store."""
    if len(key.encode()) <= _LONGEST_KEY:
        return key
    folders, name = key.rsplit("/", 1)
    return f"{_digest(folders)}/{name}"


def _digest(text: str) -> str:
    return hashlib.md5(text.encode("utf-8", "backslashreplace"), usedforsecurity=False).hexdigest()
