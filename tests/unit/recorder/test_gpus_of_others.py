"""GPUs of AMD, from a tree of files as the kernel shows them, and Apple's, from a property list."""

from __future__ import annotations

import os
import plistlib
from pathlib import Path

import pytest

from stripchart.recorder.gpus_amd import AmdGpus
from stripchart.recorder.gpus_apple import AppleGpus

GIB = 1 << 30
FILES = {
    "vendor": "0x1002\n",
    "gpu_busy_percent": "63\n",
    "mem_info_vram_total": f"{64 * GIB}\n",
    "mem_info_vram_used": f"{16 * GIB}\n",
    "pp_dpm_sclk": "0: 132Mhz\n1: 2100Mhz *\n",
    "pp_dpm_mclk": "0: 900Mhz *\n1: 1300Mhz\n",
    "hwmon/hwmon3/temp1_input": "51000\n",
    "hwmon/hwmon3/power1_average": "305000000\n",
}


@pytest.fixture
def cards(tmp_path: Path) -> Path:
    """Return a tree with two cards of AMD, one of another maker, and a connector."""
    folder = tmp_path / "drm"
    for number in (0, 1, 2):
        for name, text in FILES.items():
            path = folder / f"card{number}" / "device" / name
            path.parent.mkdir(parents=True, exist_ok=True)
            path.write_text(text)
    (folder / "card0" / "device" / "vendor").write_text("0x8086\n")
    (folder / "card1-DP-1").mkdir()
    return folder


def test_amd_names_and_units_are_those_of_the_contract(cards: Path, tmp_path: Path) -> None:
    gpus = AmdGpus(1, {}, cards, tmp_path)
    readings = gpus.read(frozenset())
    assert len(gpus) == 2
    assert {n: v for n, v in readings.items() if n.startswith("gpu_1_")} == {
        "gpu_1_temperature": 51.0,
        "gpu_1_utilization": 63.0,
        "gpu_1_mem_usage": 25.0,
        "gpu_1_mem_used_gb": 16.0,
        "gpu_1_mem_free_gb": 48.0,
        "gpu_1_power_draw": 305.0,
        "gpu_1_clock_mhz": 2100.0,
        "gpu_1_mem_clock_mhz": 900.0,
    }
    assert "gpu_2_utilization" in readings


def test_amd_memory_is_the_tasks_where_the_kernel_tells(cards: Path, tmp_path: Path) -> None:
    told = f"drm-driver:\tamdgpu\ndrm-client-id:\t7\ndrm-pdev:\tdevice\ndrm-memory-vram:\t{4 << 20} KiB\n"
    for number in (3, 4):  # two copies of one descriptor
        path = tmp_path / str(os.getpid()) / "fdinfo" / str(number)
        path.parent.mkdir(parents=True, exist_ok=True)
        path.write_text(told)
    readings = AmdGpus(0, {}, cards, tmp_path).read(frozenset({os.getpid()}))
    assert readings["gpu_0_mem_used_gb"] == 4.0
    assert readings["gpu_0_mem_usage"] == 25.0


def test_amd_cards_are_chosen_by_the_environment(cards: Path, tmp_path: Path) -> None:
    gpus = AmdGpus(0, {"HIP_VISIBLE_DEVICES": "1"}, cards, tmp_path)
    assert {name.split("_")[1] for name in gpus.read(frozenset())} == {"1"}


def test_what_an_amd_card_does_not_show_has_no_series(cards: Path, tmp_path: Path) -> None:
    device = cards / "card1" / "device"
    (device / "gpu_busy_percent").unlink()
    (device / "mem_info_vram_used").write_text("no number")
    readings = AmdGpus(0, {}, cards, tmp_path).read(frozenset())
    assert not {"gpu_0_utilization", "gpu_0_mem_usage"} & set(readings)
    assert readings["gpu_0_temperature"] == 51.0


def test_a_machine_without_amd_cards_has_none(tmp_path: Path) -> None:
    assert len(AmdGpus(0, {}, tmp_path / "none")) == 0


def test_apple_tells_utilization_and_memory() -> None:
    statistics = {"Device Utilization %": 37, "In use system memory": 3 * GIB, "Other": "x"}
    plist = plistlib.dumps([{"PerformanceStatistics": statistics}])
    gpus = AppleGpus(0, lambda: plist)
    assert gpus.read(frozenset()) == {"gpu_0_utilization": 37.0, "gpu_0_mem_used_gb": 3.0}
    assert gpus.read(frozenset()) == {}, "it is asked too often"


@pytest.mark.parametrize("plist", [b"", b"no plist", plistlib.dumps({"a": 1}), plistlib.dumps([1])])
def test_what_is_no_apple_gpu_has_no_series(plist: bytes) -> None:
    assert len(AppleGpus(0, lambda: plist)) == 0
