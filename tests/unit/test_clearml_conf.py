"""A ``clearml.conf`` that a setting points at: what is taken from it, what wins over it, what fails."""

from __future__ import annotations

import json
from pathlib import Path

import pytest

from stripchart.cli import main
from stripchart.settings import SettingsError, load, sources

CONF = """
api { files_server: "https://files.example.com", credentials { secret_key: "not-ours" } }
sdk {
  metrics { file_history_size: 7, images { format: JPEG, quality: 55 } }
  development {
    default_output_uri: "s3://models/runs"
    artifacts { auto_pickle: false }
    worker { log_stdout: false, report_global_mem_used: true }
  }
  aws { s3 {
    key: "general-key", secret: "general-secret", region: "eu-west-1", use_credentials_chain: false
    credentials: [
      { bucket: "runs", host: "minio:9000", key: "k2", secret: "s2", multipart: false, secure: false }
    ]
  } }
  google.storage { project: "p", credentials_json: "/keys/gs.json", credentials: [ { bucket: "b", subdir: "x" } ] }
  azure.storage { containers: [ { account_name: acc, account_key: "az-secret", container_name: c } ] }
}
"""


@pytest.fixture
def conf(tmp_path: Path) -> Path:
    path = tmp_path / "clearml.conf"
    path.write_text(CONF)
    return path


def test_what_logging_uses_is_taken(conf: Path, home: Path) -> None:
    settings = load({"STRIPCHART_HOME": str(home), "STRIPCHART_CLEARML_CONF": str(conf)})
    assert (settings.sample_history, settings.image_format, settings.image_quality) == (
        7,
        "jpeg",
        55,
    )
    assert settings.artifact_destination == "s3://models/runs"
    assert (settings.auto_pickle, settings.capture_console) == (False, False)
    assert settings.monitor_whole_machine
    assert settings.upload_destination == ""  # a ClearML file server is none to upload to
    storage = settings.storage
    assert storage.of("s3://models/runs")["secret"] == "general-secret"
    assert storage.of("s3://minio:9000/runs/a") == {"key": "k2", "secret": "s2", "secure": False}
    assert storage.of("gs://other") == {"credentials_json": "/keys/gs.json"}
    assert storage.of("azure://acc.blob.core.windows.net/c/x")["account_key"] == "az-secret"


def test_everything_else_wins_over_it(conf: Path, home: Path) -> None:
    home.mkdir()
    text = f"clearml_conf = {json.dumps(str(conf))}\nimage_quality = 66"
    (home / "config.toml").write_text(text)
    environ = {"STRIPCHART_HOME": str(home), "STRIPCHART_SAMPLE_HISTORY": "9"}
    told = sources(environ, image_format="png")
    assert told["image_quality"].value == 66
    assert told["image_quality"].source == str(home / "config.toml")
    assert (told["sample_history"].value, told["sample_history"].source) == (
        9,
        "STRIPCHART_SAMPLE_HISTORY",
    )
    assert (told["image_format"].value, told["image_format"].source) == ("png", "argument")
    assert told["artifact_destination"].source == str(conf)
    assert told["port"].source == "default"


def test_variables_are_put_in(home: Path, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("MY_S3_SECRET", "from-outside")
    path = tmp_path / "clearml.conf"
    path.write_text('sdk.aws.s3 { key: "k", secret: ${MY_S3_SECRET} }')
    assert (
        load({}, home=home, clearml_conf=str(path)).storage.of("s3://b")["secret"] == "from-outside"
    )


@pytest.mark.parametrize(
    ("text", "match"),
    [
        ("sdk { metrics { file_history_size: many } }", "sample_history"),
        ("sdk { metrics { images { format: bmp } } }", "image_format"),
        ('sdk.aws.s3 { key: 3, secret: "hush" }', "storage"),
        ('sdk { aws { s3 { secret: "hush" ', "HOCON"),
    ],
)
def test_a_wrong_one_fails_and_shows_no_secret(
    home: Path, tmp_path: Path, text: str, match: str
) -> None:
    path = tmp_path / "clearml.conf"
    path.write_text(text)
    with pytest.raises(SettingsError, match=match) as raised:
        load({}, home=home, clearml_conf=str(path))
    assert "hush" not in str(raised.value)


def test_one_that_is_not_there_fails(home: Path, tmp_path: Path) -> None:
    with pytest.raises(SettingsError, match="cannot be read"):
        load({}, home=home, clearml_conf=str(tmp_path / "none.conf"))


# -- stripchart config -----------------------------------------------------------------------------------------


def test_config_says_where_each_setting_came_from(
    conf: Path, home: Path, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    monkeypatch.setenv("STRIPCHART_CLEARML_CONF", str(conf))
    monkeypatch.setenv("STRIPCHART_PORT", "1234")
    assert main(["config"]) == 0
    shown = capsys.readouterr().out
    lines = {line.split()[0]: line for line in shown.splitlines()}
    assert lines["port"].split()[1:] == ["1234", "STRIPCHART_PORT"]
    assert lines["image_quality"].split()[1:] == ["55", str(conf)]
    assert lines["home"].split()[1:] == [str(home), "STRIPCHART_HOME"]
    assert lines["host"].split()[1:] == ["127.0.0.1", "default"]
    for secret in ("general-secret", "general-key", "s2", "az-secret", "not-ours"):
        assert secret not in shown
    assert "s3://minio:9000/runs" in lines["storage"]


def test_config_as_json(home: Path, capsys: pytest.CaptureFixture[str]) -> None:
    assert main(["config", "--json", "--home", str(home)]) == 0
    told = json.loads(capsys.readouterr().out)
    assert told["home"] == {"value": str(home), "source": "argument"}
    assert told["rank"] == {"value": None, "source": "default"}


def test_config_fails_as_a_start_would(
    home: Path, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    monkeypatch.setenv("STRIPCHART_PORT", "99999")
    assert main(["config"]) == 2
    assert "port" in capsys.readouterr().err
