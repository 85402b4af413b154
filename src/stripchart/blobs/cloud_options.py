"""Turn settings and environment into the options of a cloud's client.

What is left out here, the client takes from the environment (``AWS_*``, ``GOOGLE_APPLICATION_CREDENTIALS``,
``AZURE_*``) and then from the machine's own identity (instance metadata, workload identity).
"""

from __future__ import annotations

import configparser
import os
from pathlib import Path
from typing import Any

from stripchart.blobs.destination import DestinationError
from stripchart.blobs.location import Location

Options = dict[str, Any]
_AZURE_CLOUD = ".blob.core.windows.net"
# A key that asks for no token: the client's own switch for that still asks the machine for one.
_NOBODY = '{"disable_oauth": true, "client_email": "", "private_key": "", "private_key_id": ""}'


def s3_options(location: Location, given: Options) -> Options:
    """Return the options of an S3 bucket.

    Raises:
        DestinationError: half of a key pair is set, or a profile is not there.
    """
    options = _named(given, {"key": "access_key_id", "secret": "secret_access_key"})
    options |= _named(given, {"token": "session_token", "region": "region"})
    if ("access_key_id" in options) != ("secret_access_key" in options):
        raise DestinationError(f"the credentials of {location.uri} need both 'key' and 'secret'")
    profile = given.get("profile") or os.environ.get("AWS_PROFILE")
    if "access_key_id" not in options and (profile or not _has_aws_keys()):
        options |= _from_profile(profile)
    endpoint = _endpoint(location, given)
    if endpoint:
        options["endpoint"] = endpoint
        options.setdefault("region", os.environ.get("AWS_DEFAULT_REGION") or "us-east-1")
    elif "region" not in options and not _region_of_environment():
        options["region"] = "us-east-1"
    return options


def gs_options(location: Location, given: Options) -> Options:
    """Return the options of a bucket of Google."""
    options = _named(given, {"credentials_json": "service_account"})
    if given.get("anonymous"):
        options["service_account_key"] = _NOBODY
    endpoint = _endpoint(location, given)
    if endpoint:
        options["base_url"] = endpoint
    return options


def azure_options(location: Location, given: Options) -> Options:
    """Return the options of a container of Azure.

    Raises:
        DestinationError: the URI names no account.
    """
    options = _named(
        given,
        {"account_name": "account_name", "account_key": "account_key", "sas_token": "sas_key"},
    )
    if location.host.endswith(_AZURE_CLOUD):
        account = location.host.removesuffix(_AZURE_CLOUD)
        if options.get("account_name", account) != account:
            # Credentials of another account are none of this one.
            raise DestinationError(f"the credentials of {location.uri} are of another account")
        options["account_name"] = account
    elif "account_name" not in options:
        raise DestinationError(
            f"{location.uri}: write azure://<account>{_AZURE_CLOUD}/<container>, or set account_name"
        )
    else:
        scheme = "https" if given.get("secure", True) else "http"
        options["endpoint"] = given.get("endpoint") or (
            f"{scheme}://{location.host}/{options['account_name']}"
        )
    if given.get("use_default_credential"):
        options.pop("account_key", None)
    elif "account_key" not in options and os.environ.get("AZURE_STORAGE_KEY"):
        options["account_key"] = os.environ["AZURE_STORAGE_KEY"]
    return options


def _named(given: Options, names: dict[str, str]) -> Options:
    return {theirs: given[ours] for ours, theirs in names.items() if given.get(ours)}


def _endpoint(location: Location, given: Options) -> str | None:
    """Return the endpoint that is not the cloud's own: as set, or the host of the URI."""
    if given.get("endpoint"):
        return str(given["endpoint"]).rstrip("/")
    if not location.host:
        return None
    return f"{'https' if given.get('secure', True) else 'http'}://{location.host}"


def _has_aws_keys() -> bool:
    return bool(os.environ.get("AWS_ACCESS_KEY_ID"))


def _region_of_environment() -> bool:
    return bool(os.environ.get("AWS_REGION") or os.environ.get("AWS_DEFAULT_REGION"))


def _from_profile(profile: str | None) -> Options:
    """Return what the files of the AWS tools say of a profile, which the client does not read itself.

    Raises:
        DestinationError: the profile was asked for and is not there.
    """
    credentials = _read_ini("AWS_SHARED_CREDENTIALS_FILE", "~/.aws/credentials")
    config = _read_ini("AWS_CONFIG_FILE", "~/.aws/config")
    name = profile or "default"
    section = dict(credentials[name]) if credentials.has_section(name) else {}
    for title in (f"profile {name}", name):
        if config.has_section(title):
            section = dict(config[title]) | section
    if profile and not section:
        raise DestinationError(f"there is no AWS profile {profile!r}")
    names = {
        "aws_access_key_id": "access_key_id",
        "aws_secret_access_key": "secret_access_key",
        "aws_session_token": "session_token",
    }
    options = _named(section, names)
    if section.get("region") and not _region_of_environment():
        options["region"] = section["region"]
    return options


def _read_ini(variable: str, default: str) -> configparser.RawConfigParser:
    parser = configparser.RawConfigParser()
    try:
        parser.read(Path(os.environ.get(variable) or default).expanduser())
    except (configparser.Error, OSError, UnicodeDecodeError, RuntimeError):
        return configparser.RawConfigParser()
    return parser
