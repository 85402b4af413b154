"""Where files lie in a destination: the contract's folders, and no way out of them."""

from __future__ import annotations

from hypothesis import given
from hypothesis import strategies as st

from stripchart.blobs.keys import artifact_key, sample_key, task_folder

TASK = "0123456789abcdef" * 2
SAMPLE = "fedcba98" * 4


def _key(title: str, series: str, extension: str = "png", iteration: int | None = 7) -> str:
    folder = task_folder("project/sub", "name", TASK)
    return sample_key(
        folder, title=title, series=series, iteration=iteration, sample=SAMPLE, extension=extension
    )


def test_the_layout_of_the_contract() -> None:
    assert _key("title", "series") == (
        f"project/sub/name.{TASK}/metrics/title/series/title_series_00000007_fedcba98.png"
    )
    assert _key("A/b:c", "s\\t", iteration=None).endswith(
        "/metrics/A.slash.b0x3ac/s.slash.t/A.slash.b0x3ac_s.slash.t_none_fedcba98.png"
    )
    assert _key("# \"';?:@&=+$,%!\r\n", "s").split("/")[4] == (
        "0x23 0x220x270x3b0x3f0x3a0x400x260x3d0x2b0x240x2c0x250x210x0d0x0a"
    )
    assert task_folder("p ü:*", "n", TASK) == f"p %C3%BC%3A%2A/n.{TASK}"


def test_long_names_are_bounded() -> None:
    assert len(task_folder("p" * 300, "n" * 300, TASK).split("/")[1]) == 128
    title = _key("t" * 4000, "s").split("/")[4]
    assert len(title) == 32  # a digest
    assert _key("t" * 4000, "s").endswith(".png")
    assert _key("t" * 4000, "s") != _key("t" * 4001, "s")


def test_artifacts() -> None:
    folder = task_folder("p", "n", TASK)
    assert artifact_key(folder, "data/x", "data.csv.gz") == (
        f"p/n.{TASK}/artifacts/data.slash.x/data.csv.gz"
    )
    assert artifact_key("", "x", "x.csv") == "artifacts/x/x.csv"


names = st.text(max_size=400) | st.text("./\\ \0~", max_size=12)


@given(project=names, name=names, title=names, series=names)
def test_no_name_leads_out_or_is_too_long(project: str, name: str, title: str, series: str) -> None:
    folder = task_folder(project, name, TASK)
    key = sample_key(
        folder, title=title, series=series, iteration=-3, sample=SAMPLE, extension="png"
    )
    parts = key.split("/")
    assert not {"", ".", ".."} & set(parts)
    assert all(len(part.encode()) <= 255 for part in parts)
    assert len(key.encode()) <= 1000
    assert key.isprintable() or not any(ord(c) < 32 for c in key)
    assert key.endswith(".png")
