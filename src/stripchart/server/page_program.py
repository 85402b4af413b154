"""Put the built page and data into one HTML file that opens without a server and asks the network for nothing.

Browsers refuse modules from ``file://``. So every chunk of the build goes into the file as text; a short script turns
each into a blob, names the blobs in an import map, and starts the first. The policy in the file lets only that script
and those blobs run, and no request leave. All that tasks reported stands in the file compressed and in base64: none
of it can be read as markup.
"""

from __future__ import annotations

import base64
import gzip
import html
import json
import re
import secrets
from pathlib import Path
from typing import Any

import msgspec

from stripchart.server.page import NOT_BUILT, STATIC

MANIFEST = "manifest.json"
ENTRY = "index.html"
_LARGE = "plotly"  # the one chunk that is left out where no task needs it: 5 MB
# What a chunk asks to have loaded with one that it imports: all of it is in the file.
_PRELOADED = re.compile(r"__vite__mapDeps\(\[[0-9,]*\]\)")
_LOADER = """
(async () => {
  const text = (id) => document.getElementById(id).textContent.trim();
  const bytes = Uint8Array.from(atob(text("stripchart-program")), (letter) => letter.charCodeAt(0));
  const plain = new Blob([bytes]).stream().pipeThrough(new DecompressionStream("gzip"));
  const { chunks, entry } = await new Response(plain).json();
  const imports = {};
  for (const [name, code] of Object.entries(chunks))
    imports["stripchart/" + name] = URL.createObjectURL(new Blob([code], { type: "text/javascript" }));
  const nonce = "NONCE";
  const add = (fields) => document.head.append(Object.assign(document.createElement("script"), { nonce }, fields));
  add({ type: "importmap", textContent: JSON.stringify({ imports }) });
  add({ type: "module", src: imports["stripchart/" + entry] });
})().catch((error) => {
  document.getElementById("root").textContent = "This browser cannot show the file: " + error;
});
"""
_PAGE = """<!doctype html>
<html lang="en">
<head>
<meta charset="utf-8">
<meta http-equiv="Content-Security-Policy" content="{policy}">
<meta name="viewport" content="width=device-width, initial-scale=1">
<meta name="color-scheme" content="dark light">
<meta name="referrer" content="no-referrer">
<meta name="generator" content="Stripchart {version}">
<title>{title}</title>
<link rel="icon" id="favicon" href="data:,">
<style>{style}</style>
</head>
<body>
<div id="root"><noscript>This file shows its content with the script that it holds.</noscript></div>
<script type="text/plain" id="stripchart-program">{program}</script>
<script type="text/plain" id="stripchart-data">{data}</script>
<script nonce="{nonce}">{loader}</script>
</body>
</html>
"""


class NotBuiltError(RuntimeError):
    """Say that this installation has no page."""


def one_file(data: Any, *, title: str, version: str, plots: bool, folder: Path = STATIC) -> bytes:
    """Return a page that shows ``data``, an object that ``ui/src/embed`` knows how to read.

    ``plots`` says whether it has figures to draw.

    Raises:
        NotBuiltError: this installation has no page.
    """
    nonce = secrets.token_urlsafe(16)
    manifest = _manifest(folder)
    scripts = [name for name in _files(manifest, "js") if plots or _LARGE not in name]
    styles = _files(manifest, "css")
    chunks = {Path(name).name: (folder / name).read_text(encoding="utf-8") for name in scripts}
    program = {"entry": Path(manifest[ENTRY]["file"]).name, "chunks": _linked(chunks)}
    text = _PAGE.format(
        policy=_policy(nonce),
        version=html.escape(version),
        title=html.escape(title),
        style="\n".join((folder / name).read_text(encoding="utf-8") for name in styles),
        program=packed(json.dumps(program).encode()),
        data=packed(msgspec.json.encode(data)),
        nonce=nonce,
        loader=_LOADER.replace("NONCE", nonce),
    )
    return text.encode()


def packed(content: bytes) -> str:
    """Return bytes as the page unpacks them: base64 of gzip."""
    return base64.b64encode(gzip.compress(content, 6, mtime=0)).decode()


def _manifest(folder: Path) -> dict[str, Any]:
    try:
        found = json.loads((folder / MANIFEST).read_bytes())
    except FileNotFoundError:
        raise NotBuiltError(NOT_BUILT) from None
    return dict(found)


def _files(manifest: dict[str, Any], kind: str) -> list[str]:
    named = {file for part in manifest.values() for file in (part["file"], *part.get("css", ()))}
    return sorted(name for name in named if name.endswith(f".{kind}"))


def _linked(chunks: dict[str, str]) -> dict[str, str]:
    """Have chunks name each other as the import map does: a path means nothing in a blob."""
    named = re.compile(
        r"(?<=[\"'`])(?:\./|/assets/)(" + "|".join(map(re.escape, chunks)) + r")(?=[\"'`])"
    )
    return {
        name: named.sub(r"stripchart/\1", _PRELOADED.sub("[]", code))
        for name, code in chunks.items()
    }


def _policy(nonce: str) -> str:
    return (
        f"default-src 'none'; script-src 'nonce-{nonce}' blob:; style-src 'unsafe-inline'; img-src data: blob:; "
        "media-src data: blob:; font-src data:; connect-src data: blob:; frame-src blob:; worker-src blob:; "
        "base-uri 'none'; form-action 'none'"
    )
