"""Credentials by destination; nothing shows them."""

from __future__ import annotations

import os
from pathlib import Path
from typing import Any

import pytest

from stripchart.blobs import DestinationError, open_destination
from stripchart.blobs.cloud_options import azure_options, gs_options, s3_options
from stripchart.blobs.location import locate
from stripchart.settings import SettingsError, load

SECRET = "hunter2-hunter2"
TABLE: dict[str, Any] = {
    "s3": {"key": "AK", "secret": SECRET, "region": "eu-central-1"},
    "azure": {"account_key": SECRET},
    "buckets": [
        {"prefix": "s3://other", "key": "OTHER", "secret": SECRET},
        {"prefix": "s3://other/deep/", "key": "DEEP", "secret": SECRET},
        {"prefix": "s3://h:9000", "key": "HOST", "secret": SECRET, "secure": False},
    ],
}


@pytest.mark.parametrize(
    ("uri", "key"),
    [("s3://b", "AK"), ("s3://other", "OTHER"), ("s3://other/x", "OTHER"), ("s3://other2", "AK"),
     ("s3://other/deep/x", "DEEP"), ("s3://other/deeper", "OTHER"), ("s3://H:9000/b", "HOST"),
     ("gs://b", None)],
)  # fmt: skip
def test_the_longest_prefix_wins(uri: str, key: str | None) -> None:
    assert load(storage=TABLE).storage.of(uri).get("key") == key


def test_they_come_from_the_file(home: Path) -> None:
    home.mkdir()
    (home / "config.toml").write_text(
        '[storage.s3]\nkey = "AK"\n[[storage.buckets]]\nprefix = "gs://b"\nanonymous = true\n'
    )
    storage = load().storage
    assert storage.of("s3://x") == {"key": "AK"}
    assert storage.of("gs://b/x") == {"anonymous": True}


@pytest.mark.parametrize(
    ("table", "message"),
    [
        ([], r"\[storage\] is a table"),
        ({"s4": {}}, r"\[storage\] has s3, gs, azure, http, https, buckets, but not 's4'"),
        ({"s3": {"password": SECRET}}, r"\[storage.s3\] has .*, but not 'password'"),
        ({"s3": {"key": 3}}, r"\[storage.s3\]: 'key' is text"),
        ({"s3": {"secure": SECRET}}, "'secure' is true or false"),
        ({"buckets": {}}, "is a list of tables"),
        ({"buckets": [{"key": SECRET}]}, "needs a prefix"),
        ({"buckets": [{"prefix": "file:///x"}]}, "needs a prefix"),
    ],
)
def test_wrong_ones_fail_at_start_by_name(table: Any, message: str) -> None:
    with pytest.raises(SettingsError, match=message) as caught:
        load(storage=table)
    assert "hunter2" not in str(caught.value)


def test_nothing_shows_them() -> None:
    settings = load(storage=TABLE)
    for shown in (repr(settings), str(settings), repr(settings.storage), f"{settings.storage}"):
        assert "hunter2" not in shown
        assert "s3://other" in shown or "Storage" in shown


def test_options_of_s3(monkeypatch: pytest.MonkeyPatch, tmp_path: Path) -> None:
    for name in ("AWS_ACCESS_KEY_ID", "AWS_PROFILE", "AWS_REGION", "AWS_DEFAULT_REGION"):
        monkeypatch.delenv(name, raising=False)
    monkeypatch.setenv("AWS_CONFIG_FILE", str(tmp_path / "config"))
    monkeypatch.setenv("AWS_SHARED_CREDENTIALS_FILE", str(tmp_path / "credentials"))
    storage = load(storage=TABLE).storage
    own = locate("s3://h:9000/b")
    assert s3_options(own, storage.of(own.uri)) == {
        "access_key_id": "HOST",
        "secret_access_key": SECRET,
        "endpoint": "http://h:9000",
        "region": "us-east-1",
    }
    (tmp_path / "credentials").write_text(
        f"[lab]\naws_access_key_id=LAB\naws_secret_access_key={SECRET}\n"
    )
    (tmp_path / "config").write_text("[profile lab]\nregion = eu-west-3\n")
    monkeypatch.setenv("AWS_PROFILE", "lab")
    assert s3_options(locate("s3://b"), {}) == {
        "access_key_id": "LAB",
        "secret_access_key": SECRET,
        "region": "eu-west-3",
    }
    with pytest.raises(DestinationError, match="no AWS profile 'none'"):
        s3_options(locate("s3://b"), {"profile": "none"})
    with pytest.raises(DestinationError, match="need both 'key' and 'secret'"):
        s3_options(locate("s3://b"), {"key": "half"})


def test_options_of_google_and_azure(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.delenv("AZURE_STORAGE_KEY", raising=False)
    assert gs_options(locate("gs://b"), {"credentials_json": "/k.json"}) == {
        "service_account": "/k.json"
    }
    container = locate("azure://acc.blob.core.windows.net/c")
    assert azure_options(container, {"account_key": SECRET}) == {
        "account_name": "acc",
        "account_key": SECRET,
    }
    with pytest.raises(DestinationError, match="of another account"):
        azure_options(container, {"account_name": "else"})
    with pytest.raises(DestinationError, match="set account_name"):
        azure_options(locate("azure://127.0.0.1:1/c"), {})


def test_errors_of_the_client_show_no_secret() -> None:
    table = {"s3": {"key": "AK", "secret": SECRET, "token": "t0ken-t0ken", "secure": False}}
    with pytest.raises(DestinationError) as caught:
        open_destination("s3://127.0.0.1:1/bucket", load(storage=table)).check()
    assert "127.0.0.1:1" in str(caught.value)
    error: BaseException | None = caught.value
    while error is not None:
        assert "hunter2" not in repr(error)
        assert "t0ken" not in repr(error)
        error = error.__cause__ or error.__context__


def test_that_there_are_none_is_said(monkeypatch: pytest.MonkeyPatch) -> None:
    pytest.importorskip("obstore")
    for name in [name for name in os.environ if name.startswith("AWS_")]:
        monkeypatch.delenv(name)
    monkeypatch.setenv("HOME", "/nowhere")
    monkeypatch.setenv("AWS_METADATA_ENDPOINT", "http://127.0.0.1:9")  # of no cloud's machine
    destination = open_destination("s3://bucket/x", load())
    with pytest.raises(DestinationError, match="no credentials found for s3://bucket/x"):
        destination.check()
