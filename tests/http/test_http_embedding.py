"""Which pages may frame ours, and one file that holds the page and its data."""

from __future__ import annotations

import base64
import gzip
import json
import re
from collections.abc import Callable
from pathlib import Path
from typing import Any

import pytest
from litestar.testing import TestClient

from stripchart import settings
from stripchart.server.guard import embedding_policy
from stripchart.server.page_program import NotBuiltError, one_file

App = Callable[[], TestClient[Any]]


def _ancestors(policy: str) -> str:
    return policy.rpartition("frame-ancestors ")[2]


def test_only_addresses_that_say_so_may_be_framed(app_client: App) -> None:
    client = app_client()
    policy = "content-security-policy"
    for path in ("/", "/task/x?embed=0", "/task/x?tab=embed=1", "/task/x?noembed=1"):
        assert _ancestors(client.get(path).headers[policy]) == "'none'", path
    framed = client.get("/task/x?a=b&embed=1").headers[policy]
    assert "http://localhost:*" in _ancestors(framed)
    assert "default-src 'self'" in framed
    foreign = client.get("/task/x?embed=1", headers={"host": "evil.example"})
    assert foreign.status_code == 403


def test_the_setting_names_who_may() -> None:
    assert _ancestors(embedding_policy("none")) == "'none'"
    assert _ancestors(embedding_policy("")) == "'none'"
    assert _ancestors(embedding_policy("https://a.example")) == "https://a.example"
    both = _ancestors(embedding_policy("local https://a.example:8888"))
    assert both.endswith("vscode-webview: https://a.example:8888")


@pytest.mark.parametrize(
    "word", ["*", "https://a b; script-src *", "a.example", "https://x;", "javascript:1"]
)
def test_a_wrong_origin_fails_at_start(word: str, tmp_path: Path) -> None:
    with pytest.raises(settings.SettingsError, match="embed_origins"):
        settings.load({}, home=tmp_path, embed_origins=f"local {word}")


def _build(folder: Path) -> None:
    (folder / "assets").mkdir()
    files = {
        "index-1.js": 'import{a}from"./part-2.js";'
        "const m=()=>import(`/assets/plotly-3.js`);p(m,__vite__mapDeps([0,1]))",
        "part-2.js": "import{b}from'./index-1.js';export const a='</script>'",
        "plotly-3.js": "export default 1",
        "index-4.css": "main{color:red}",
    }
    for name, text in files.items():
        (folder / "assets" / name).write_text(text)
    parts = {
        "index.html": {"file": "assets/index-1.js", "css": ["assets/index-4.css"]},
        "_part": {"file": "assets/part-2.js"},
        "plotly": {"file": "assets/plotly-3.js"},
    }
    (folder / "manifest.json").write_text(json.dumps(parts))


def _held(page: str, name: str) -> Any:
    found = re.search(rf'id="stripchart-{name}">([^<]*)</script>', page)
    assert found
    return json.loads(gzip.decompress(base64.b64decode(found[1])))


def test_a_file_holds_the_program_and_the_data_and_nothing_that_could_be_markup(
    tmp_path: Path,
) -> None:
    _build(tmp_path)
    data = {"name": "</script><script>alert(1)</script>"}
    made = one_file(data, title="<b>&", version="1", plots=False, folder=tmp_path).decode()
    assert _held(made, "data") == data
    program = _held(made, "program")
    assert program["entry"] == "index-1.js"
    assert sorted(program["chunks"]) == ["index-1.js", "part-2.js"], (
        "what draws figures is left out"
    )
    assert 'from"stripchart/part-2.js"' in program["chunks"]["index-1.js"]
    assert "from'stripchart/index-1.js'" in program["chunks"]["part-2.js"]
    assert "p(m,[])" in program["chunks"]["index-1.js"], "nothing is asked for beforehand"
    assert "<title>&lt;b&gt;&amp;</title>" in made
    assert "main{color:red}" in made
    nonce = re.search(r"script-src 'nonce-([\w-]+)' blob:;", made)
    assert nonce
    assert made.count(f'nonce="{nonce[1]}"') == 1
    assert "http" not in made.replace("http-equiv", "")
    drawn = one_file(data, title="", version="1", plots=True, folder=tmp_path).decode()
    chunks = _held(drawn, "program")["chunks"]
    assert "plotly-3.js" in chunks
    assert "import(`stripchart/plotly-3.js`)" in chunks["index-1.js"]


def test_without_a_built_page_there_is_no_file(tmp_path: Path) -> None:
    with pytest.raises(NotBuiltError):
        one_file({}, title="", version="1", plots=True, folder=tmp_path)
