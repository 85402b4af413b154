"""Files and streams of any kind, links, and what goes wrong with them."""

from __future__ import annotations

import io
import os
import threading
from collections.abc import Callable
from pathlib import Path
from typing import Any

import numpy as np
import pytest
from PIL import Image

from stripchart import Task
from stripchart.sdk.errors import UsageError
from tests.unit.media.conftest import Samples

Ship = Callable[..., Any]


class Lines:
    """Be a file object that can only be read."""

    def __init__(self, *pieces: str | bytes) -> None:
        self._pieces = list(pieces)

    def read(self, size: int = -1) -> str | bytes:
        """Return the next piece."""
        return self._pieces.pop(0) if self._pieces else b""


def _written(text: str) -> io.StringIO:
    stream = io.StringIO()
    stream.write(text)  # its position is at the end
    return stream


@pytest.mark.parametrize(
    ("stream", "content"),
    [
        ("grüße \udcff", "grüße \\udcff".encode()),
        (b"\x00\xff", b"\x00\xff"),
        (bytearray(b"ab"), b"ab"),
        (io.BytesIO(b"bytes"), b"bytes"),
        (_written("text"), b"text"),
        (Lines("a", "ü"), "aü".encode()),
        (Lines(b"1", b"2"), b"12"),
        ("", b""),
    ],
)
def test_streams(task: Task, samples: Samples, ship: Ship, stream: Any, content: bytes) -> None:
    task.get_logger().report_media("t", "s", 1, stream=stream, file_extension=".bin")
    ship()
    assert samples.last.media == "file"
    assert samples.last.url.endswith(".bin")
    assert samples.file(samples.last).read_bytes() == content


def test_an_open_file_is_read_from_its_start(
    task: Task, samples: Samples, ship: Ship, tmp_path: Path
) -> None:
    with open(tmp_path / "x.txt", "w+b") as file:
        file.write(b"line")
        task.get_logger().report_media("t", "s", 1, stream=file, file_extension="txt")
    ship()
    assert samples.file(samples.last).read_bytes() == b"line"


@pytest.mark.parametrize(  # name of a file; how it is shown, and what its copy ends in
    ("name", "shown"),
    [("a.WAV", ("audio", ".WAV")), ("b.mp4", ("video", ".mp4")), ("c.html", ("html", ".html")),
     ("d.txt", ("text", ".txt")), ("e.tar.gz", ("file", ".gz")), ("noext", ("file", "")),
     (".hidden", ("file", "")), ("f.v1.2 of x.md", ("text", ".md")), ("g.svg", ("image", ".svg"))],
)  # fmt: skip
def test_files_by_their_names(  # noqa: PLR0917 - one for each column
    task: Task, samples: Samples, ship: Ship, tmp_path: Path, name: str, shown: tuple[str, str]
) -> None:
    (tmp_path / name).write_bytes(b"content")
    task.get_logger().report_media("t", "s", 1, local_path=tmp_path / name)
    ship()
    assert not samples.last.error
    media, end = shown
    assert samples.last.media == media
    assert samples.last.url == f"media/{samples.last.sample}{end}"
    assert (tmp_path / name).read_bytes() == b"content"


def test_a_file_may_be_written_over_after_the_call(
    task: Task, samples: Samples, ship: Ship, tmp_path: Path
) -> None:
    path = tmp_path / "plot.png"
    for value in (1, 2):
        Image.fromarray(np.full((5, 5), value, np.uint8)).save(path)
        task.get_logger().report_image("t", "s", value, local_path=str(path))
    ship()
    assert [int(samples.pixels(stored)[0, 0]) for stored in samples.stored] == [1, 2]
    assert (samples.last.width, samples.last.height) == (5, 5)


def test_a_large_file_is_named_and_not_copied(
    task: Task, samples: Samples, ship: Ship, tmp_path: Path
) -> None:
    path = tmp_path / "large.mp4"
    with open(path, "wb") as file:
        file.truncate(17 << 20)
    task.get_logger().report_media("t", "s", 1, local_path=str(path))
    assert samples.reported[0].path == str(path)
    assert samples.files() == []
    ship()
    assert samples.last.size_bytes == 17 << 20
    assert path.exists()


def test_delete_after_upload_deletes_after_the_upload(
    task: Task, samples: Samples, ship: Ship, tmp_path: Path
) -> None:
    good, bad = tmp_path / "good.txt", tmp_path / "bad.png"
    good.write_text("x")
    bad.write_bytes(b"no image")
    task.get_logger().report_media("t", "s", 1, local_path=good, delete_after_upload=True)
    task.get_logger().report_image("t", "s", 1, local_path=bad, delete_after_upload=True)
    assert good.exists()
    ship()
    assert not good.exists()
    assert bad.exists()  # it was not stored
    assert [bool(stored.error) for stored in samples.stored] == [False, True]


def test_files_that_are_gone_or_damaged_are_told_of(
    task: Task, samples: Samples, ship: Ship, tmp_path: Path
) -> None:
    gone, cut = tmp_path / "gone.txt", tmp_path / "cut.png"
    gone.write_text("x")
    Image.fromarray(np.zeros((50, 50, 3), np.uint8)).save(cut)
    cut.write_bytes(cut.read_bytes()[:60])
    task.get_logger().report_media("t", "gone", 1, local_path=gone, delete_after_upload=True)
    task.get_logger().report_image("t", "cut", 1, local_path=cut)
    gone.unlink()
    ship()
    errors = {stored.series: (stored.error, stored.url) for stored in samples.stored}
    assert errors["gone"][0].startswith(f"there is no file {gone}: keep a file until it is stored")
    assert errors["cut"][0].startswith("not an image that can be read")
    assert errors["cut"][0].endswith("report a file when all of it is written, or its pixels")
    assert [url for _, url in errors.values()] == ["", ""]
    assert samples.files() == []


def test_links_are_stored_where_they_lie(task: Task, samples: Samples, ship: Ship) -> None:
    task.get_logger().report_media("t", "s", 1, url="s3://bucket/a/clip.mp4?x=1")
    task.get_logger().report_image("t", "s", 2, url="anything://x")
    assert [(s.media, s.url) for s in samples.stored] == [
        ("video", "s3://bucket/a/clip.mp4?x=1"),
        ("image", "anything://x"),
    ]
    assert ship().left == 0


@pytest.mark.parametrize(
    ("arguments", "error", "message"),
    [
        ({}, UsageError, r"At least one of \(local_path, url, stream\) is required"),
        ({"local_path": "", "url": ""}, UsageError, "At least one of"),
        ({"url": "x", "stream": "y"}, UsageError, r"Only one of \(local_path, url, stream\)"),
        ({"stream": "x"}, ValueError, "No file extension provided for stream media upload"),
        ({"stream": 3, "file_extension": "txt"}, ValueError, "'stream' must be text"),
        ({"stream": "x", "file_extension": 3}, TypeError, "file_extension must be text"),
        ({"stream": "x", "file_extension": "../x"}, ValueError, "file_extension"),
        ({"local_path": "/no/such/file"}, FileNotFoundError, "No such file"),
        ({"local_path": "/"}, ValueError, "is not a file"),
        ({"local_path": 3}, TypeError, "int"),
        ({"url": "x", "title": 3}, TypeError, "Expected metric of type"),
        ({"url": "x", "iteration": "3"}, TypeError, "Expected iter of type"),
        ({"url": "x", "iteration": 1 << 63}, OverflowError, "64 bits"),
        ({"url": "x", "max_history": "many"}, ValueError, "max_history of type str"),
    ],
)
def test_wrong_arguments(
    task: Task, samples: Samples, arguments: Any, error: type[Exception], message: str
) -> None:
    with pytest.raises(error, match=message):
        task.get_logger().report_media(
            **({"title": "t", "series": "s", "iteration": 1} | arguments)
        )
    assert samples.reported == []


def test_exactly_one_image(task: Task) -> None:
    with pytest.raises(UsageError, match=r"Only one of \(local_path, url, image, matrix\)"):
        task.get_logger().report_image("t", "s", 0, url="x", image=np.zeros((2, 2)))


def test_a_closed_task_leaves_nothing_behind(task: Task, samples: Samples) -> None:
    logger = task.get_logger()
    task.close()
    logger.report_image("t", "s", 0, image=np.zeros((2, 2)))
    assert samples.files() == []


def test_a_full_spool_loses_the_sample_and_says_so(
    task: Task, samples: Samples, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(task.get_logger()._losses, "strict", False)
    (samples.task_dir / "spool").write_text("in the way")
    task.get_logger().report_image("t", "s", 0, image=np.zeros((2, 2)))
    assert task.get_logger()._losses.counts() == {"image": 1}


def test_samples_wait_without_a_recorder(task: Task, samples: Samples, ship: Ship) -> None:
    for value in (1, 2):
        image = np.full((2, 2), value, np.uint8)
        task.get_logger().report_image("t", "s", 0, image=image, max_image_history=2)
    first, second = samples.reported
    assert samples.stored == []
    assert (first.path, first.offset, second.path, second.offset) == (first.path, 0, first.path, 4)
    assert (samples.task_dir / first.path).read_bytes()[:8] == b"\1\1\1\1\2\2\2\2"
    ship()
    assert [int(samples.pixels(stored)[0, 0]) for stored in samples.stored] == [1, 2]


def test_a_pack_stays_while_it_is_written_to_and_goes_then(
    task: Task, samples: Samples, ship: Ship
) -> None:
    for _ in range(2):
        task.get_logger().report_image("t", "s", 0, image=np.zeros((2, 2), np.uint8))
        ship()
    spool = samples.task_dir / "spool"
    assert [path.name[:5] for path in spool.iterdir()] == ["pack-"]
    task.close()
    ship()
    assert list(spool.iterdir()) == []


def test_packs_of_threads_and_forks_do_not_mix(task: Task, samples: Samples, ship: Ship) -> None:
    def report(first: int) -> None:
        for value in range(first, first + 8):
            image = np.full((300, 300), value, np.uint8)
            task.get_logger().report_image("t", "s", value, image=image)

    report(0)
    child = os.fork()
    if child == 0:
        try:
            report(100)
        finally:
            os._exit(0)
    threads = [threading.Thread(target=report, args=(first,)) for first in (10, 20, 30)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    assert os.waitpid(child, 0)[1] == 0
    ship()
    assert len(samples.stored) == 40
    for stored in samples.stored:
        assert np.unique(samples.pixels(stored)).tolist() == [stored.iteration]
