"""Read of a ``clearml.conf`` what the settings here have a name for.

The file is HOCON, read with pyhocon (``stripchart[clearml]``), and only where the setting ``clearml_conf`` points at
it. Everything else in it is passed over: it is about servers and agents that are not here. Which key becomes which
setting stands in ``docs/guides/configuration.md``.
"""

from __future__ import annotations

from collections.abc import Callable, Mapping
from importlib import import_module
from pathlib import Path
from typing import Any

_HOW = "reading a clearml.conf needs pyhocon: pip install 'stripchart[clearml]'"


class ConfError(ValueError):
    """Say what is wrong with a ``clearml.conf``, without showing a secret."""


def read(path: Path) -> dict[str, Any]:
    """Return the settings that a file gives, by the names of ``Settings``.

    Raises:
        ConfError: the file cannot be read or is not HOCON, or pyhocon is missing.
    """
    try:
        parser = import_module("pyhocon").ConfigFactory
    except ImportError as error:
        raise ConfError(_HOW) from error
    try:
        tree = parser.parse_file(str(path)).as_plain_ordered_dict()
    except OSError as error:
        raise ConfError(f"{path} cannot be read: {error.strerror or error}") from None
    except Exception as error:  # noqa: BLE001 - of the parser's own kinds; they quote the file
        raise ConfError(f"{path} is not valid HOCON ({type(error).__name__})") from None
    found = {name: convert(inside(tree, key)) for key, (name, convert) in KEYS.items()}
    found = {name: value for name, value in found.items() if value not in (None, "")}
    storage = _storage(tree)
    return found | ({"storage": storage} if storage else {})


def inside(tree: Any, key: str) -> Any:
    """Return what stands at a dotted key, ``None`` where there is nothing."""
    for part in key.split("."):
        if not isinstance(tree, Mapping):
            return None
        tree = tree.get(part)
    return tree


def _as_it_is(value: Any) -> Any:
    return value


def _image_format(value: Any) -> Any:
    if value is None:
        return None
    name = str(value).lower()
    return "jpeg" if name == "jpg" else name


def _destination(value: Any) -> Any:
    """Take buckets and folders; a ClearML file server is none to upload to from here."""
    return "" if str(value).startswith(("http://", "https://")) else value


def _names(value: Any) -> Any:
    return ",".join(map(str, value)) if isinstance(value, list | tuple) else value


KEYS: dict[str, tuple[str, Callable[[Any], Any]]] = {
    "sdk.metrics.file_history_size": ("sample_history", _as_it_is),
    "sdk.metrics.images.format": ("image_format", _image_format),
    "sdk.metrics.images.quality": ("image_quality", _as_it_is),
    "sdk.development.default_output_uri": ("artifact_destination", _destination),
    "sdk.development.artifacts.auto_pickle": ("auto_pickle", _as_it_is),
    "sdk.development.log_os_environments": ("capture_environment", _names),
    "sdk.development.worker.log_stdout": ("capture_console", _as_it_is),
    "sdk.development.worker.report_global_mem_used": ("monitor_whole_machine", _as_it_is),
    "api.files_server": ("upload_destination", _destination),
}


# -- credentials -------------------------------------------------------------------------------------------------

_S3 = ("key", "secret", "token", "region", "profile", "secure", "verify")


def _storage(tree: Any) -> dict[str, Any]:
    """Return the table ``[storage]`` that the sections ``aws.s3``, ``google.storage`` and ``azure.storage`` give."""
    made: dict[str, Any] = {}
    buckets: list[dict[str, Any]] = []
    s3 = inside(tree, "sdk.aws.s3") or {}
    if told := _some(s3, _S3):
        made["s3"] = told
    for entry in _entries(s3, "credentials"):
        place = _joined("s3://", entry.get("host"), entry.get("bucket"), entry.get("subdir"))
        buckets.append({"prefix": place} | _some(entry, _S3))
    google = inside(tree, "sdk.google.storage") or {}
    if told := _some(google, ("credentials_json",)):
        made["gs"] = told
    for entry in _entries(google, "credentials"):
        place = _joined("gs://", entry.get("bucket"), entry.get("subdir"))
        buckets.append({"prefix": place} | _some(entry, ("credentials_json",)))
    for entry in _entries(inside(tree, "sdk.azure.storage") or {}, "containers"):
        host = f"{entry.get('account_name', '')}.blob.core.windows.net"
        place = _joined("azure://", host, entry.get("container_name"))
        told = _some(entry, ("account_name", "account_key", "use_default_credential"))
        buckets.append({"prefix": place} | told)
    return made | ({"buckets": buckets} if buckets else {})


def _entries(section: Any, name: str) -> list[Mapping[str, Any]]:
    entries = section.get(name) if isinstance(section, Mapping) else None
    return [e for e in entries if isinstance(e, Mapping)] if isinstance(entries, list) else []


def _some(section: Any, names: tuple[str, ...]) -> dict[str, Any]:
    if not isinstance(section, Mapping):
        return {}
    return {name: section[name] for name in names if section.get(name) not in (None, "")}


def _joined(scheme: str, *parts: Any) -> str:
    return scheme + "/".join(str(part).strip("/") for part in parts if part)
