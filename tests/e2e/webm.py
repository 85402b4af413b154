"""Make a real video without an encoder of videos: each frame is the VP8 key frame inside of a lossy WebP image.

The container is WebM, a Matroska of EBML elements (RFC 8794, RFC 9559), with an index, so that it can be sought in.
"""

from __future__ import annotations

import io
import struct

from PIL import Image


def video(colours: list[str], *, size: tuple[int, int] = (64, 48), frame_ms: int = 500) -> bytes:
    """Return a WebM that shows one colour after the other."""
    clusters = [
        _element("1F43B675", _number("E7", i * frame_ms) + _element("A3", b"\x81\0\0\x80" + frame))
        for i, frame in enumerate(_frame(colour, size) for colour in colours)
    ]
    width, height = size
    picture = _element("E0", _number("B0", width) + _number("BA", height))
    track = _number("D7", 1) + _number("73C5", 1) + _number("83", 1) + _element("86", b"V_VP8")
    duration = _element("4489", struct.pack(">d", len(colours) * frame_ms))
    info = _element(
        "1549A966",
        _number("2AD7B1", 1_000_000) + duration + _element("4D80", b"t") + _element("5741", b"t"),
    )
    tracks = _element("1654AE6B", _element("AE", track + picture))
    first = len(info) + len(tracks)
    # The index comes first, and its size does not depend on the places in it.
    places = _places(clusters, first + len(_index([0] * len(clusters), frame_ms)))
    body = info + tracks + _index(places, frame_ms) + b"".join(clusters)
    head = _number("4286", 1) + _number("42F7", 1) + _number("42F2", 4) + _number("42F3", 8)
    head += _element("4282", b"webm") + _number("4287", 2) + _number("4285", 2)
    return _element("1A45DFA3", head) + _element("18538067", body)


def _frame(colour: str, size: tuple[int, int]) -> bytes:
    packed = io.BytesIO()
    Image.new("RGB", size, colour).save(packed, "webp", quality=80)
    data = packed.getvalue()
    at = data.index(b"VP8 ")
    (length,) = struct.unpack("<I", data[at + 4 : at + 8])
    return data[at + 8 : at + 8 + length]


def _places(clusters: list[bytes], first: int) -> list[int]:
    places = [first]
    for cluster in clusters[:-1]:
        places.append(places[-1] + len(cluster))
    return places


def _index(places: list[int], frame_ms: int) -> bytes:
    points = [
        _element(
            "BB",
            _number("B3", i * frame_ms) + _element("B7", _number("F7", 1) + _number("F1", place)),
        )
        for i, place in enumerate(places)
    ]
    return _element("1C53BB6B", b"".join(points))


def _element(name: str, data: bytes) -> bytes:
    return bytes.fromhex(name) + struct.pack(">Q", len(data) | 1 << 56) + data


def _number(name: str, value: int) -> bytes:
    return _element(name, struct.pack(">Q", value))
