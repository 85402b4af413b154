"""The console as a text file: all of it or what matches, in more pieces than one."""

from __future__ import annotations

import re
from collections.abc import Callable
from typing import TYPE_CHECKING, Any

import pytest
from litestar.testing import TestClient

from stripchart.server import console

if TYPE_CHECKING:
    from tests.http.conftest import Recording

    Start = Callable[..., Recording]
    App = Callable[[], TestClient[Any]]

PRINTED = "\x1b[31mred ☃\x1b[0m\n<b>bold</b>\n\n10%\r20%\n" + "".join(
    f"line {i}\n" for i in range(50)
)


@pytest.fixture
def path(record: Start) -> str:
    task = record()
    task.text(PRINTED)
    task.end()
    return f"/api/v1/tasks/{task.id}/console.txt"


@pytest.mark.parametrize("a_read", [1, 7, 54, 20_000])
def test_the_whole_log_comes_as_text(
    path: str, app_client: App, monkeypatch: pytest.MonkeyPatch, a_read: int
) -> None:
    monkeypatch.setattr(console, "LINES_A_READ", a_read)
    response = app_client().get(path)
    lines = response.text.split("\n")
    assert lines[:5] == ["red ☃", "<b>bold</b>", "", "20%", "line 0"]
    assert (len(lines), lines[-2:]) == (55, ["line 49", ""])
    assert response.headers["content-type"] == "text/plain; charset=utf-8"
    assert re.fullmatch(
        r'attachment; filename="console-\w+\.txt"', response.headers["content-disposition"]
    )


def test_what_is_filtered_comes_with_colours_and_times(path: str, app_client: App) -> None:
    client = app_client()
    assert client.get(path, params={"pattern": r"line \d$"}).text.count("\n") == 10
    assert client.get(path, params={"pattern": "^RED", "ignore_case": False}).text == ""
    assert client.get(path, params={"stream": "stderr"}).text == ""
    assert client.get(path, params={"attempt": [3, 4]}).text == ""
    coloured = client.get(path, params={"pattern": "^RED", "colours": True, "times": True}).text
    assert re.fullmatch(
        r"\d{4}-\d\d-\d\dT\d\d:\d\d:\d\d\.\d{3}Z \x1b\[31mred ☃\x1b\[0m\n", coloured
    )


def test_a_wrong_pattern_is_said_before_the_first_line(path: str, app_client: App) -> None:
    response = app_client().get(path, params={"pattern": "("})
    assert (response.status_code, response.json()["error"]["code"]) == (400, "bad_request")
