"""Settings: where each comes from, which wins, and that a wrong one fails by name."""

from __future__ import annotations

from pathlib import Path
from typing import Any

import pytest

from stripchart.settings import Settings, SettingsError, load


def write(home: Path, text: str | bytes) -> dict[str, str]:
    home.mkdir(parents=True, exist_ok=True)
    (home / "config.toml").write_bytes(text.encode() if isinstance(text, str) else text)
    return {"STRIPCHART_HOME": str(home)}


def test_without_anything_the_defaults_hold() -> None:
    assert load({}) == Settings(home=Path("~/.stripchart").expanduser())


def test_an_argument_beats_the_environment_beats_the_file(tmp_path: Path) -> None:
    environ = write(tmp_path, "port = 1\nnan_value = 1\nmonitor_interval_sec = 1")
    environ |= {"STRIPCHART_PORT": "2", "STRIPCHART_NAN_VALUE": "2"}
    settings = load(environ, port=3, host=None)
    assert (settings.port, settings.nan_value, settings.monitor_interval_sec) == (3, 2.0, 1.0)
    assert settings.host == "127.0.0.1"


def test_the_home_is_made_absolute(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.chdir(tmp_path)
    assert load({"STRIPCHART_HOME": "here"}).home == tmp_path / "here"
    assert load({}, home=tmp_path / "there").home == tmp_path / "there"


@pytest.mark.parametrize(
    ("text", "value"), [("1", True), ("On", True), ("no", False), ("0", False)]
)
def test_switches_are_read_as_words(text: str, value: bool) -> None:
    assert load({"STRIPCHART_STRICT": text}).strict is value


@pytest.mark.parametrize(
    ("name", "value"),
    [
        ("PORT", "http"),
        ("PORT", "1.5"),
        ("PORT", "70000"),
        ("PORT", "-1"),
        ("STRICT", "perhaps"),
        ("RANK", "-1"),
        ("RANK", "first"),
        ("MONITOR_INTERVAL_SEC", "0"),
        ("MONITOR_INTERVAL_SEC", "nan"),
        ("NAN_VALUE", "zero"),
    ],
)
def test_a_wrong_setting_fails_by_its_name(name: str, value: str) -> None:
    with pytest.raises(SettingsError, match=name.lower()):
        load({f"STRIPCHART_{name}": value})


@pytest.mark.parametrize(
    "text",
    [
        "prot = 1",
        "port = true",
        "port = 1.5",
        "port = [1]",
        "nan_value = true",
        "host = 1",
        "port = ",
        b"host = '\xff'",
    ],
)
def test_a_wrong_file_fails_by_its_path(tmp_path: Path, text: str | bytes) -> None:
    environ = write(tmp_path, text)
    with pytest.raises(SettingsError, match=r"config\.toml"):
        load(environ)


def test_a_file_that_cannot_be_read_fails(tmp_path: Path) -> None:
    (tmp_path / "config.toml").mkdir()
    with pytest.raises(SettingsError, match="cannot be read"):
        load({"STRIPCHART_HOME": str(tmp_path)})


@pytest.mark.parametrize("home", ["~nobody-of-this-name/x", "a\0b"])
def test_a_home_that_is_no_folder_fails(home: str) -> None:
    with pytest.raises(SettingsError, match="home"):
        load({"STRIPCHART_HOME": home})


def test_an_unknown_argument_fails() -> None:
    arguments: dict[str, Any] = {"prot": 1}
    with pytest.raises(SettingsError, match="prot"):
        load({}, **arguments)
