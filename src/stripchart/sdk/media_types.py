"""Tell by a file's extension how a sample is shown."""

from __future__ import annotations

from typing import Any

from stripchart.records import Media, clean_text
from stripchart.sdk.convert import Unfit

_LONGEST = 32  # characters; what is longer is part of a name
_KINDS: dict[Media, str] = {
    "image": "apng avif bmp gif heic ico jfif jpeg jpg png ppm svg tga tif tiff webp",
    "audio": "aac aif aiff flac m4a mid midi mp3 oga ogg opus wav weba wma",
    "video": "3gp avi m4v mkv mov mp4 mpeg mpg ogv webm wmv",
    "html": "htm html xhtml",
    "text": "cfg conf csv ini json jsonl log md py rst text toml tsv txt xml yaml yml",
}
_KIND_OF = {extension: kind for kind, names in _KINDS.items() for extension in names.split()}


def kind_of(extension: str) -> Media:
    """Return how a file of this extension is shown; "file" is offered for download."""
    return _KIND_OF.get(extension.rsplit(".", 1)[-1].lower(), "file")


def extension_of(name: str) -> str:
    """Return what follows the first dot of a file's name, as the contract has it, or only its last part."""
    _, _, extension = name.lstrip(".").partition(".")
    if len(extension) > _LONGEST or not _is_plain(extension):
        extension = extension.rsplit(".", 1)[-1]
    return extension if len(extension) <= _LONGEST and _is_plain(extension) else ""


def clean_extension(extension: Any) -> str:
    """Return a given extension without its dot.

    Raises:
        Unfit: it is no text, or none that a file's name can end in.
    """
    if extension is None:
        return ""
    if not isinstance(extension, str):
        shown = f"file_extension must be text, got {type(extension).__name__}"
        raise Unfit("media", TypeError(shown))
    cleaned = clean_text(extension.strip().removeprefix("."))
    if len(cleaned) > _LONGEST or not _is_plain(cleaned):
        raise Unfit("media", ValueError(f"file_extension {extension!r} is none of a file"))
    return cleaned


def _is_plain(extension: str) -> bool:
    return all(c.isalnum() or c in "._-+" for c in extension) and ".." not in extension
