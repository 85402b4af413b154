"""Where the files of a task go: its destination for artifacts, and credentials given in code."""

from __future__ import annotations

import os
from dataclasses import replace
from pathlib import Path
from typing import TYPE_CHECKING, Any

from stripchart.sdk import passing_on
from stripchart.sdk.errors import UsageError
from stripchart.sdk.guard import user_line
from stripchart.sdk.held import Held

if TYPE_CHECKING:
    from stripchart.sdk.handing_over import HandingOver
    from stripchart.sdk.logger import Logger
    from stripchart.settings import Settings

Destination = str | bool | os.PathLike[str] | None


class Outputs(Held):
    """Choose and tell where artifacts go."""

    _destination: str  # empty for the task's own folder
    _logger: Logger
    _keys: HandingOver | None = None
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
        destination = checked_destination(uri, self._session.settings)
        self._choose(passing_on.Chosen(destination, keeps_models(uri)))

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
        """Send artifacts to a bucket of S3, or of a store like it at ``host``, with these credentials.

        What is not given here is taken from ``[storage]`` of ``config.toml`` and the environment. Credentials given
        here are held in memory, by this process and by the recorder: one that is started after this process has
        ended has none, and the uploads wait for it to be told (docs/guides/storage.md). ``multipart`` changes nothing.

        Raises:
            ValueError: the bucket cannot be written, or half of a key pair is missing.
            UsageError: this system has no way to hand credentials to the recorder.
        """
        values = {"key": key, "secret": secret, "token": token, "region": region}
        values |= {"profile": profile}
        self._go_to("s3", host, bucket, subdir, **values, **_denied(secure=secure, verify=verify))

    def setup_gcp_upload(  # noqa: PLR0917 - the contract's signature
        self,
        bucket: str,
        subdir: str = "",
        project: str | None = None,
        credentials_json: str | None = None,
        pool_connections: int | None = None,
        pool_maxsize: int | None = None,
    ) -> None:
        """Send artifacts to a bucket of Google Cloud Storage; ``credentials_json`` is the path of a key.

        ``project`` and the sizes of pools change nothing.

        Raises:
            ValueError, UsageError: as ``setup_aws_upload``.
        """
        path = str(Path(credentials_json).expanduser().absolute()) if credentials_json else None
        self._go_to("gs", None, bucket, subdir, credentials_json=path)

    def setup_azure_upload(
        self,
        account_name: str,
        account_key: str | None = None,
        container_name: str | None = None,
        use_default_credential: bool = False,
    ) -> None:
        """Send artifacts to a container of Azure, with these credentials; see ``setup_aws_upload``.

        Raises:
            ValueError, UsageError: as ``setup_aws_upload``.
        """
        self._go_to(
            "azure",
            f"{account_name}.blob.core.windows.net",
            container_name,
            None,
            account_key=account_key,
            use_default_credential=use_default_credential or None,
        )

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
            ValueError, UsageError: as ``setup_aws_upload``.
        """
        self.setup_aws_upload(
            bucket_name,
            host=host,
            key=access_key,
            secret=secret_key,
            region=region,
            secure=https,
            verify=verify,
        )

    def _go_to(
        self, scheme: str, host: str | None, bucket: str | None, subdir: str | None, **given: Any
    ) -> None:
        """Choose a bucket, with the credentials that are not empty."""
        uri = f"{scheme}://" + "/".join(p.strip("/") for p in (host, bucket, subdir) if p)
        values = {name: value for name, value in given.items() if value not in (None, "")}
        session = self._session
        if not values:
            self.output_uri = uri
            return
        from stripchart.blobs.location import locate

        prefix, before = locate(uri).uri, session.settings
        values = before.storage.of(prefix) | values
        settings = replace(before, storage=before.storage.given(prefix, values))
        destination = checked_destination(uri, settings)
        self._hand_over(prefix, values)
        session.settings = settings
        self._choose(passing_on.Chosen(destination, keeps_models=True))

    def _hand_over(self, prefix: str, values: dict[str, Any]) -> None:
        """Give credentials to the recorder, which does the uploads."""
        if not self._session.settings.recorder:
            return
        from stripchart.sdk.handing_over import HandingOver

        if self._keys is None:
            self._keys = HandingOver(self._session)
        try:
            is_there = self._keys.give(prefix, values)
        except OSError as error:
            raise UsageError(
                f"credentials in code cannot be handed to the recorder here ({error}): put them into [storage] of "
                "config.toml, or into the environment (docs/guides/storage.md)"
            ) from None
        if not is_there:
            message = f"no recorder has taken the credentials of {prefix} yet; uploads wait"
            self._losses.note("credentials", message, lost=False, where=user_line())

    def _choose(self, outputs: passing_on.Chosen) -> None:
        self._destination, self._keeps_models = outputs.destination, outputs.keeps_models
        passing_on.pass_on(self._session, passing_on.ARTIFACTS, outputs.text())

    def _take_destinations(self) -> None:
        """In a process that joins its parent's task: send to where the parent does."""
        artifacts = passing_on.passed_on(self._session, passing_on.ARTIFACTS)
        outputs = passing_on.chosen(artifacts or "")
        if outputs is not None:
            self._destination, self._keeps_models = outputs.destination, outputs.keeps_models
        samples = passing_on.passed_on(self._session, passing_on.SAMPLES)
        if samples is not None:
            self._logger._upload_destination = samples

    @property
    def cache_dir(self) -> Path:
        """Return the folder in which fetched files are kept."""
        return self._session.settings.home / "cache"


def _denied(**switches: bool) -> dict[str, bool]:
    """Return the switches that were turned off; on is what they are without a word."""
    return {name: False for name, is_on in switches.items() if not is_on}


def keeps_models(uri: Destination) -> bool | None:
    """Tell what ``output_uri`` says of the files of models that libraries save; None where it says nothing."""
    return None if uri is None else uri is not False


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
