"""Where the files of a task go: its destination for artifacts, and credentials given in code."""

from __future__ import annotations

import os
from pathlib import Path
from typing import TYPE_CHECKING, Any

from stripchart.sdk.errors import UsageError
from stripchart.sdk.held import Held

if TYPE_CHECKING:
    from stripchart.settings import Settings

Destination = str | bool | os.PathLike[str] | None


class Outputs(Held):
    """Choose and tell where artifacts go."""

    _destination: str  # empty for the task's own folder
    _keeps_models: bool | None  # whether the files of models that libraries save are taken there

    @property
    def output_uri(self) -> str:
        """Return where artifacts go, a URI; empty for the task's own folder.

        It is set to a URI, a folder, True or None (the setting) or False (the task's own folder); a destination that
        cannot be written is refused with ``ValueError``.
        """
        return self._destination

    @output_uri.setter
    def output_uri(self, uri: Destination) -> None:
        self._destination = checked_destination(uri, self._session.settings)
        self._keeps_models = None if uri is None else uri is not False

    @property
    def storage_uri(self) -> str:
        """Return where artifacts go; the same as ``output_uri``."""
        return self._destination

    @storage_uri.setter
    def storage_uri(self, uri: Destination) -> None:
        self.output_uri = uri

    def get_output_destination(self, extra_path: str | None = None, **kwargs: Any) -> str:
        """Return where artifacts go: the destination, or the task's own folder."""
        place = self._destination or str(self._session.task_dir / "artifacts")
        return f"{place.rstrip('/')}/{extra_path}" if extra_path else place

    def setup_aws_upload(  # noqa: PLR0917 - the contract's signature
        self,
        bucket: str,
        subdir: str | None = None,
        host: str | None = None,
        key: str | None = None,
        secret: str | None = None,
        token: str | None = None,
        region: str | None = None,
        multipart: bool = True,
        secure: bool = True,
        verify: bool = True,
        profile: str | None = None,
    ) -> None:
        """Send artifacts to a bucket of S3, or of a store like it at ``host``; the same as setting ``output_uri``.

        Credentials are read by another process, which does the uploads, and belong into ``[storage]`` of
        ``config.toml`` or into the environment, not into code.

        Raises:
            UsageError: credentials were given. ValueError: the bucket cannot be written.
        """
        _refuse_credentials(key=key, secret=secret, token=token, region=region, profile=profile)
        self._go_to("s3", host, bucket, subdir)

    def setup_gcp_upload(  # noqa: PLR0917 - the contract's signature
        self,
        bucket: str,
        subdir: str = "",
        project: str | None = None,
        credentials_json: str | None = None,
        pool_connections: int | None = None,
        pool_maxsize: int | None = None,
    ) -> None:
        """Send artifacts to a bucket of Google Cloud Storage; the same as setting ``output_uri``.

        Raises:
            UsageError: credentials were given, see ``setup_aws_upload``. ValueError: the bucket cannot be written.
        """
        _refuse_credentials(credentials_json=credentials_json)
        self._go_to("gs", None, bucket, subdir)

    def setup_azure_upload(
        self,
        account_name: str,
        account_key: str | None = None,
        container_name: str | None = None,
        use_default_credential: bool = False,
    ) -> None:
        """Send artifacts to a container of Azure; the same as setting ``output_uri``.

        Raises:
            UsageError: credentials were given, see ``setup_aws_upload``. ValueError: it cannot be written.
        """
        _refuse_credentials(account_key=account_key, use_default_credential=use_default_credential)
        self._go_to("azure", f"{account_name}.blob.core.windows.net", container_name, None)

    def setup_upload(  # noqa: PLR0917 - the contract's signature
        self,
        bucket_name: str,
        host: str | None = None,
        access_key: str | None = None,
        secret_key: str | None = None,
        region: str | None = None,
        multipart: bool = True,
        https: bool = True,
        verify: bool = True,
    ) -> None:
        """Send artifacts to a bucket; the old name of ``setup_aws_upload``.

        Raises:
            UsageError, ValueError: as ``setup_aws_upload``.
        """
        self.setup_aws_upload(
            bucket_name, host=host, key=access_key, secret=secret_key, region=region
        )

    def _go_to(self, scheme: str, *parts: str | None) -> None:
        self.output_uri = f"{scheme}://" + "/".join(p.strip("/") for p in parts if p)

    @property
    def cache_dir(self) -> Path:
        """Return the folder in which fetched files are kept."""
        return self._session.settings.home / "cache"


def _refuse_credentials(**given: Any) -> None:
    names = [name for name, value in given.items() if value]
    if names:
        raise UsageError(
            f"{', '.join(names)}: credentials are not given in code here, as another process uploads; put them "
            "into [storage] of config.toml, or into the environment (docs/guides/storage.md)"
        )


def checked_destination(uri: Destination, settings: Settings) -> str:
    """Return a destination in its normal form, after a small file was written there as a test.

    Raises:
        ValueError: it is none, or cannot be written; says why.
        OSError: it does not answer.
    """
    if uri is False:
        return ""
    if uri is None or uri is True:
        uri = settings.artifact_destination
        if not uri:
            return ""
    from stripchart.blobs import open_destination

    destination = open_destination(os.fspath(uri), settings)
    destination.check()
    return destination.uri
