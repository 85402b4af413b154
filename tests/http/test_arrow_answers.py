"""The Arrow stream: standard types, exact values, results beside them; also as JavaScript reads it."""

from __future__ import annotations

import json
import shutil
import subprocess
from pathlib import Path

import numpy as np
import pytest

from stripchart.server.arrow import decode_reads, encode_reads
from stripchart.server.schema import Mark, ReadResult
from stripchart.store.contract import PointColumns

UI = Path(__file__).parents[2] / "ui"
FLECHETTE = UI / "node_modules" / "@uwdata" / "flechette"
SCRIPT = """
import { tableFromIPC } from "@uwdata/flechette";
import { readFileSync } from "node:fs";
const t = tableFromIPC(new Uint8Array(readFileSync(process.argv[1])), { useBigInt: true });
const text = (v) => (typeof v === "number" && !Number.isFinite(v) ? String(v) : typeof v === "bigint" ? String(v) : v);
const columns = Object.fromEntries(t.names.map((n) => [n, Array.from(t.getChild(n).toArray(), text)]));
console.log(JSON.stringify({ columns, reads: JSON.parse(t.schema.metadata.get("reads")) }));
"""


def points(*rows: tuple[int, int, float, int]) -> PointColumns:
    columns = list(zip(*rows, strict=True)) or [(), (), (), ()]
    kinds = (np.int64, np.int64, np.float64, np.uint8)
    return PointColumns(*(np.array(c, k) for c, k in zip(columns, kinds, strict=True)))


def result(rows: int, **fields: object) -> ReadResult:
    return ReadResult(rows=rows, points=rows, exact=True, cursor="é😀", **fields)  # type: ignore[arg-type]


UGLY = points(
    (-(2**63), 0, 0.1, 0), (2**63 - 1, 2**62, float("-inf"), 12), (0, -1, float("nan"), 1)
)
MARK = Mark(iteration=2**63 - 1, time_us=2**62, value=None, flags=12, count=3)


def test_what_is_encoded_is_decoded() -> None:
    body = encode_reads(
        [UGLY, points(), points((5, 6, 5e-324, 255))],
        [result(3, marks=[MARK]), result(0), result(1)],
    )
    columns, results = decode_reads(body)
    assert columns["read"].tolist() == [0, 0, 0, 2]
    assert columns["iteration"].tolist() == [-(2**63), 2**63 - 1, 0, 5]
    assert columns["time_us"].tolist() == [0, 2**62, -1, 6]
    assert [repr(v) for v in columns["value"].tolist()] == ["0.1", "-inf", "nan", "5e-324"]
    assert columns["flags"].tolist() == [0, 12, 1, 255]
    assert results[0].marks == [MARK]
    assert results[0].cursor == "é😀"


def test_no_points_and_no_reads() -> None:
    columns, results = decode_reads(encode_reads([points()], [result(0)]))
    assert {name: len(c) for name, c in columns.items()} == dict.fromkeys(columns, 0)
    assert [r.rows for r in results] == [0]
    columns, results = decode_reads(encode_reads([], []))
    assert results == []
    assert len(columns["value"]) == 0


@pytest.mark.skipif(
    not FLECHETTE.is_dir() or shutil.which("node") is None,
    reason="needs node and the page's packages",
)
@pytest.mark.parametrize("parts", [[UGLY], [points()], []], ids=["points", "empty", "none"])
def test_the_page_reads_the_same(parts: list[PointColumns], tmp_path: Path) -> None:
    file = tmp_path / "answer.arrow"
    file.write_bytes(encode_reads(parts, [result(len(p.value)) for p in parts]))
    done = subprocess.run(
        ["node", "--input-type=module", "-e", SCRIPT, str(file)],
        cwd=UI, capture_output=True, text=True, check=True,
    )  # fmt: skip
    read = json.loads(done.stdout)
    assert read["reads"] == [{**r, "cursor": "é😀"} for r in read["reads"]]
    assert len(read["reads"]) == len(parts)
    expected = UGLY if parts and len(parts[0].value) else points()
    assert read["columns"]["iteration"] == [str(i) for i in expected.iteration.tolist()]
    assert read["columns"]["time_us"] == [str(i) for i in expected.time_us.tolist()]
    assert read["columns"]["value"] == ([0.1, "-Infinity", "NaN"] if len(expected.value) else [])
    assert read["columns"]["flags"] == expected.flags.tolist()
