"""Buckets of S3, of whatever speaks like S3, of Google and of Azure, through obstore (``stripchart[cloud]``)."""

from __future__ import annotations

import os
import re
from collections.abc import Callable
from datetime import timedelta
from pathlib import Path
from typing import TYPE_CHECKING, Any, TypeVar

from stripchart.blobs.cloud_options import azure_options, gs_options, s3_options
from stripchart.blobs.destination import DestinationError, Unreachable, require_size
from stripchart.blobs.location import Location
from stripchart.settings import Settings

if TYPE_CHECKING:
    from obstore.store import ObjectStore

_CHUNK_BYTES = 8 << 20
_CLIENT = {"connect_timeout": "10s", "timeout": "300s", "read_timeout": "60s"}
# Short: what fails is told at once when a destination is set, and tried again by the recorder.
_RETRIES = {
    "max_retries": 2,
    "retry_timeout": timedelta(seconds=20),
    "backoff": {
        "init_backoff": timedelta(seconds=0.2),
        "max_backoff": timedelta(seconds=2),
        "base": 2,
    },
}
_TYPES = {
    "html": "text/html; charset=utf-8", "txt": "text/plain; charset=utf-8", "png": "image/png",
    "jpeg": "image/jpeg", "jpg": "image/jpeg", "webp": "image/webp", "gif": "image/gif",
    "svg": "image/svg+xml", "wav": "audio/wav", "mp3": "audio/mpeg", "mp4": "video/mp4",
    "webm": "video/webm", "json": "application/json",
}  # fmt: skip
# What a cloud's machines ask for the credentials of their own identity.
_IDENTITY = re.compile(
    r"/latest/api/token|/latest/meta-data|/computeMetadata/|/metadata/identity|metadata\.google\.internal"
)

T = TypeVar("T")


class Bucket:
    """Keep files in a bucket, below the prefix of its URI."""

    def __init__(self, location: Location, settings: Settings) -> None:
        """Prepare the client; nothing is asked yet.

        Raises:
            DestinationError: obstore is not installed, or the credentials do not fit.
        """
        self.uri = location.uri
        self._secrets = [*settings.storage.secrets(), *_secrets_of_environment()]
        try:
            self._store = self._call(lambda: _open(location, settings))
        except Unreachable as error:  # nothing was asked: it is the credentials
            raise DestinationError(f"{self.uri}: {error}") from None

    def put(self, key: str, path: Path) -> str:
        """Upload a file."""
        obstore = _obstore()
        kind = _TYPES.get(key.rsplit(".", 1)[-1].lower())
        attributes = {"Content-Type": kind} if kind else None
        with open(path, "rb") as file:
            self._call(
                lambda: obstore.put(
                    self._store, key, file, attributes=attributes, chunk_size=_CHUNK_BYTES
                )
            )
        return self.url(key)

    def get(self, key: str, path: Path, *, most_bytes: int | None = None) -> None:
        """Download a file."""
        obstore = _obstore()
        found = self._call(lambda: obstore.get(self._store, key))
        require_size(key, found.meta["size"], most_bytes)
        stream = found.stream(_CHUNK_BYTES)
        with open(path, "wb") as file:
            while (piece := self._call(lambda: next(iter(stream), None))) is not None:
                file.write(piece)

    def delete(self, key: str) -> None:
        """Remove a file."""
        obstore = _obstore()
        try:
            self._call(lambda: obstore.delete(self._store, key))
        except FileNotFoundError:
            return

    def list(self, prefix: str = "") -> list[str]:
        """Return the keys below a folder."""
        obstore = _obstore()
        found = self._call(lambda: list(obstore.list(self._store, prefix=prefix or None)))
        return sorted(meta["path"] for batch in found for meta in batch)

    def url(self, key: str) -> str:
        """Return the URL of a key, in the scheme of the URI."""
        return f"{self.uri}/{key}"

    def key_of(self, url: str) -> str | None:
        """Return the key of a URL."""
        inside = url.startswith(self.uri + "/")
        return url.removeprefix(self.uri + "/") if inside else None

    def check(self) -> None:
        """Write and remove a small file.

        Raises:
            DestinationError: it does not work, for whatever reason.
        """
        obstore = _obstore()
        key = f".stripchart-{os.urandom(6).hex()}"
        try:
            self._call(lambda: obstore.put(self._store, key, b"stripchart"))
            self.delete(key)
        except (DestinationError, OSError) as error:
            raise DestinationError(f"cannot write to {self.uri}: {error}") from None

    def _call(self, action: Callable[[], T]) -> T:
        """Do something with the store; its errors become ours, without secrets and with no chain to the original."""
        try:
            return action()
        except DestinationError:
            raise
        except Exception as error:  # noqa: BLE001 - sorted by its name
            raise self._ours(error) from None

    def _ours(self, error: Exception) -> Exception:
        name = type(error).__name__
        text = self._clean(str(error))
        if name in ("NotFoundError", "FileNotFoundError"):
            if re.search("NoSuchBucket|ContainerNotFound|bucket does not exist", text):
                return DestinationError(f"there is no such bucket: {text}")
            return FileNotFoundError(text)
        if name in (
            "PermissionDeniedError",
            "UnauthenticatedError",
            "InvalidPathError",
            "ValueError",
        ):
            return DestinationError(text)
        if name == "UnknownConfigurationKeyError":
            return DestinationError(text)
        if _IDENTITY.search(text):  # asked last: nothing else had any
            return Unreachable(
                f"no credentials found for {self.uri}, and this machine has no identity that could serve"
            )
        return Unreachable(text)

    def _clean(self, text: str) -> str:
        """Shorten what a client says to its gist, and take the secrets out."""
        text = text.split("\n\nDebug source", maxsplit=1)[0].strip()
        told = [re.search(f"<{name}>([^<\n]*)", text) for name in ("Code", "Message")]
        text = ": ".join(found[1] for found in told if found) or text
        for secret in self._secrets:
            text = text.replace(secret, "***")
        text = re.sub(r"(?i)((?:sig|signature|token|credential)=)[^&\s\"']+", r"\1***", text)
        return text if len(text) <= 600 else f"{text[:600]}…"


def _open(location: Location, settings: Settings) -> ObjectStore:
    _obstore()
    from obstore import store

    given = settings.storage.of(location.uri)
    options: dict[str, Any] = {"s3": s3_options, "gs": gs_options, "azure": azure_options}[
        location.scheme
    ](location, given)
    client = _CLIENT | {"allow_http": True}  # of an endpoint that says http://
    if given.get("verify") is False:
        client["allow_invalid_certificates"] = True
    kind: Any = {"s3": store.S3Store, "gs": store.GCSStore, "azure": store.AzureStore}[
        location.scheme
    ]
    prefix = location.prefix or None
    return kind(  # type: ignore[no-any-return]
        location.bucket, prefix=prefix, config=options, client_options=client, retry_config=_RETRIES
    )


def _obstore() -> Any:
    try:
        import obstore
    except ImportError:
        message = "s3://, gs:// and azure:// need obstore: pip install 'stripchart[cloud]'"
        raise DestinationError(message) from None
    return obstore


def _secrets_of_environment() -> list[str]:
    ends = (
        "SECRET",
        "SECRET_ACCESS_KEY",
        "TOKEN",
        "ACCOUNT_KEY",
        "STORAGE_KEY",
        "SAS_KEY",
        "CLIENT_SECRET",
    )
    prefixes = ("AWS_", "AZURE_", "GOOGLE_")
    return [
        value
        for name, value in os.environ.items()
        if name.startswith(prefixes) and name.endswith(ends) and len(value) >= 8
    ]
