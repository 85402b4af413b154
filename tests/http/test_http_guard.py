"""Who may ask: loopback names in Host, our own origin, no other site."""

from __future__ import annotations

import pytest

from stripchart.server.guard import is_loopback, refusal

OURS = "127.0.0.1:8265"


@pytest.mark.parametrize(
    "host",
    [
        "127.0.0.1:8265",
        "localhost:8265",
        "LOCALHOST:8265",
        "[::1]:8265",
        "localhost",
        "127.1.2.3:1",
    ],
)
def test_loopback_names_pass(host: str) -> None:
    assert refusal("/api/v1/projects", {"host": host}) is None
    assert refusal("/api/v1/events", {"host": host, "origin": f"http://{host}"}) is None


@pytest.mark.parametrize(
    "host",
    [
        "", "evil.example", "evil.example:8265", "127.0.0.1.evil.example:8265", "localhost.evil.example",
        "localhost@evil.example", "10.0.0.1:8265", "0.0.0.0:8265", "localhost:8265/x", "localhost:x",
        "[::2]:8265", "127.0.0.1 evil", "[", "localhost#", "169.254.1.1", "2130706433",
    ],
)  # fmt: skip
def test_other_names_do_not(host: str) -> None:
    assert refusal("/", {"host": host}) is not None


@pytest.mark.parametrize(
    "origin",
    [
        "http://evil.example", "http://127.0.0.1", "http://127.0.0.1:3000", "http://localhost:8265",
        "null", "", "http://127.0.0.1:8265.evil.example", "file://", "ftp://127.0.0.1:8265",
    ],
)  # fmt: skip
def test_other_origins_do_not(origin: str) -> None:
    assert refusal("/api/v1/events", {"host": OURS, "origin": origin}) is not None


def test_other_sites_may_link_to_the_page_but_not_ask_the_api() -> None:
    for site in ("cross-site", "same-site"):
        headers = {"host": OURS, "sec-fetch-site": site}
        assert refusal("/tasks/abc", headers) is None
        assert refusal("/api/v1/projects", headers) is not None
    assert refusal("/api/v1/projects", {"host": OURS, "sec-fetch-site": "same-origin"}) is None


@pytest.mark.parametrize("host", ["0.0.0.0", "::", "192.168.1.5", "example.com", ""])
def test_what_is_not_loopback(host: str) -> None:
    assert not is_loopback(host)
