"""Images of every kind, from the report to the pixels of the stored file."""

from __future__ import annotations

import importlib
from collections.abc import Callable
from pathlib import Path
from typing import Any

import numpy as np
import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st
from hypothesis.extra import numpy as hnp
from PIL import Image

from stripchart import Task, UsageError
from tests.unit.media.conftest import Samples

Ship = Callable[..., Any]
RNG = np.random.default_rng(1)
RGB = RNG.integers(0, 256, (20, 30, 3), np.uint8)


@pytest.mark.parametrize(
    ("image", "expected"),
    [
        (RGB, RGB),
        (RGB.transpose(2, 0, 1), RGB),
        (RGB[..., 0], RGB[..., 0]),
        (RGB[..., :1], RGB[..., 0]),
        (RGB[..., :1].transpose(2, 0, 1), RGB[..., 0]),
        (RGB[::2, ::-1], RGB[::2, ::-1]),
        (RGB[None], RGB),
        (np.dstack([RGB, RGB[..., 0]]), np.dstack([RGB, RGB[..., 0]])),
        (RGB[..., :2], RGB[..., :2]),
        (RGB > 127, (RGB > 127) * np.uint8(255)),
        (RGB / 255.0, RGB),
        ((RGB / 255.0).astype(np.float16), RGB),
        (RGB.astype(np.float32), RGB),
        (RGB.astype(">f8"), RGB),
        (RGB.astype(np.int64), RGB),
        (RGB.astype(np.int16) - 300, np.clip(RGB.astype(np.int16) - 300, 0, 255)),
        (RGB.astype(np.uint32) * 1000, np.clip(RGB.astype(np.uint32) * 1000, 0, 255)),
        (np.array([[0.0, np.nan, np.inf, -np.inf, 2.0]]), np.array([[0, 0, 255, 0, 2]])),
        (np.array([[-0.5, 0.0, 0.5, 1.0]]), np.array([[0, 0, 128, 255]])),
        (np.array([[0, 1], [1, 0]]), np.array([[0, 1], [1, 0]])),
        (np.full((2, 3), np.nan), np.zeros((2, 3))),
    ],
)  # fmt: skip
def test_pixels_arrive_as_the_rules_say(
    task: Task, samples: Samples, ship: Ship, image: Any, expected: Any
) -> None:
    task.get_logger().report_image("title", "series", 3, image=image)
    ship()
    stored = samples.last
    assert (stored.title, stored.series, stored.iteration) == ("title", "series", 3)
    assert stored.url == f"media/{stored.sample}.png"
    assert not stored.error
    assert samples.pixels().dtype == np.uint8
    np.testing.assert_array_equal(samples.pixels(), expected)
    assert (stored.height, stored.width) == expected.shape[:2]
    assert stored.size_bytes == samples.file(stored).stat().st_size


def test_sixteen_bits_of_a_gray_image_are_kept(task: Task, samples: Samples, ship: Ship) -> None:
    image = RNG.integers(0, 65536, (9, 12), np.uint16)
    task.get_logger().report_image("depth", "map", 0, image=image)
    ship()
    np.testing.assert_array_equal(samples.pixels(), image)


@settings(
    max_examples=30, deadline=None, suppress_health_check=[HealthCheck.function_scoped_fixture]
)
@given(
    image=hnp.arrays(np.uint8, hnp.array_shapes(min_dims=2, max_dims=2, max_side=40)),
    data=st.data(),
)
def test_any_bytes_round_trip(
    task: Task, samples: Samples, ship: Ship, image: Any, data: st.DataObject
) -> None:
    channels = data.draw(st.sampled_from([0, 2, 3, 4]))
    if channels:
        image = np.repeat(image[..., None], channels, axis=2)
    task.get_logger().report_image("any", "bytes", 0, image=image)
    ship()
    np.testing.assert_array_equal(samples.pixels(), image)


def test_the_array_may_change_after_the_call(task: Task, samples: Samples, ship: Ship) -> None:
    image = RGB.copy()
    task.get_logger().report_image("title", "series", 0, image=image)
    image[:] = 0
    ship()
    np.testing.assert_array_equal(samples.pixels(), RGB)


@pytest.mark.parametrize(
    ("mode", "into"),
    [("1", "L"), ("L", "L"), ("LA", "LA"), ("P", "RGB"), ("RGB", "RGB"), ("RGBA", "RGBA"),
     ("CMYK", "RGB"), ("YCbCr", "RGB"), ("HSV", "RGB"), ("LAB", "RGB"), ("PA", "RGBA")],
)  # fmt: skip
def test_pil_images_of_any_mode(
    task: Task, samples: Samples, ship: Ship, mode: str, into: str
) -> None:
    image = Image.fromarray(RGB)
    image = image.convert("P").convert("PA") if mode == "PA" else image.convert("RGB")
    image = Image.new("LAB", (30, 20), (50, 10, 20)) if mode == "LAB" else image.convert(mode)
    task.get_logger().report_image("pil", mode, 0, image=image)
    ship()
    np.testing.assert_array_equal(samples.pixels(), np.asarray(image.convert(into)))


def test_a_palette_with_transparency_keeps_it(task: Task, samples: Samples, ship: Ship) -> None:
    image = Image.fromarray(RGB).convert("P")
    image.info["transparency"] = 3
    task.get_logger().report_image("pil", "P", 0, image=image)
    ship()
    assert samples.pixels().shape == (20, 30, 4)


@pytest.mark.parametrize("mode", ["I;16", "I", "F"])
def test_pil_images_of_numbers(task: Task, samples: Samples, ship: Ship, mode: str) -> None:
    values = (RGB[..., 0].astype(np.int32) * (257 if mode == "I;16" else 1)).astype(
        {"I;16": np.uint16, "I": np.int32, "F": np.float32}[mode]
    )
    task.get_logger().report_image("pil", mode, 0, image=Image.fromarray(values))
    ship()
    np.testing.assert_array_equal(samples.pixels(), values)


@pytest.mark.parametrize(("format", "end"), [("jpeg", "jpeg"), ("webp", "webp")])
def test_other_formats_on_request(
    task: Task, samples: Samples, ship: Ship, format: str, end: str
) -> None:
    image = np.dstack([RGB, np.zeros((20, 30), np.uint8)])
    task.get_logger().report_image("title", "series", 0, image=image)
    ship(image_format=format)
    assert samples.last.url.endswith(f".{end}")
    with Image.open(samples.file(samples.last)) as stored:
        assert stored.format == format.upper()
        assert stored.size == (30, 20)


def test_a_large_image_has_a_thumbnail(task: Task, samples: Samples, ship: Ship) -> None:
    image = np.zeros((900, 1600, 3), np.uint8)
    image[:, 800:] = 255
    task.get_logger().report_image("title", "series", 0, image=image)
    ship()
    assert samples.last.thumbnail == f"media/thumbs/{samples.last.sample}.webp"
    with Image.open(samples.task_dir / samples.last.thumbnail) as small:
        assert small.size == (320, 180)
        shown = np.asarray(small.convert("L"))
    assert shown[:, :150].max() < 20
    assert shown[:, 170:].min() > 235


def test_a_small_image_is_its_own_thumbnail(task: Task, samples: Samples, ship: Ship) -> None:
    task.get_logger().report_image("title", "series", 0, image=RGB)
    ship()
    assert samples.last.thumbnail == samples.last.url
    assert samples.files() == [samples.last.url]


def test_a_hundred_megapixels(task: Task, samples: Samples, ship: Ship) -> None:
    image = np.zeros((10_000, 10_000), np.uint8)
    image[5000, 7000] = 9
    task.get_logger().report_image("large", "one", 0, image=image)
    ship()
    assert (samples.last.width, samples.last.height) == (10_000, 10_000)
    assert samples.last.thumbnail.startswith("media/thumbs/")
    Image.MAX_IMAGE_PIXELS = None
    with Image.open(samples.file(samples.last)) as stored:
        assert stored.getpixel((7000, 5000)) == 9


@pytest.mark.parametrize(
    ("image", "error"),
    [
        ([[1, 2]], "Supported 'image' types are: numpy.ndarray or PIL.Image, got list"),
        ("x.png", "Supported 'image' types"),
        (np.zeros((0, 3)), "holds no pixels"),
        (np.zeros((5, 0, 3)), "holds no pixels"),
        (np.zeros((5, 6, 7)), "1 to 4 channels"),
        (np.zeros((2, 5, 6, 3)), "1 to 4 channels"),
        (np.zeros(5), "1 to 4 channels"),
        (np.float32(1), "Supported|1 to 4 channels"),
        (np.zeros((2, 2), complex), "holds numbers, not complex128"),
        (np.zeros((2, 2), object), "holds numbers, not object"),
        (np.array([["a"]]), "holds numbers"),
        (np.zeros((2, 2), "M8[s]"), "holds numbers"),
        (Image.new("RGB", (0, 5)), "holds no pixels"),
    ],
)  # fmt: skip
def test_what_is_no_image_is_refused(task: Task, samples: Samples, image: Any, error: str) -> None:
    with pytest.raises(ValueError, match=error):
        task.get_logger().report_image("title", "series", 0, image=image)
    assert samples.reported == []
    assert samples.files() == []


def test_without_strict_mode_only_a_call_that_is_wrong_as_written_raises(
    home: Path, monkeypatch: pytest.MonkeyPatch, caplog: pytest.LogCaptureFixture
) -> None:
    monkeypatch.setenv("STRIPCHART_STRICT", "0")
    task = Task.init("project", "name", auto_connect_streams=False)
    try:
        task.get_logger().report_image("title", "series", 0, image=np.zeros((0, 3)))
        many: Any = "many"
        task.get_logger().report_image("t", "s", 0, image=RGB, max_image_history=many)
        with pytest.raises(UsageError, match=r"of \(local_path, url, image, matrix\) is required"):
            task.get_logger().report_image("title", "series", 0)
        with pytest.raises(ValueError, match="Supported 'image' types"):
            task.get_logger().report_image("title", "series", 0, image="pixels")
        assert len(task.get_debug_samples("t", "s")) == 1
    finally:
        task.close()
    assert [r.levelname for r in caplog.records] == ["ERROR", "WARNING"]
    assert "image lost: the image holds no pixels" in caplog.text
    assert "max_image_history of type str" in caplog.text


def test_matrix_is_the_old_name(task: Task, samples: Samples, ship: Ship) -> None:
    logger = task.get_logger()
    with pytest.warns(DeprecationWarning, match="use 'image' instead"):
        logger.report_image("title", "series", 0, matrix=RGB)
    with pytest.warns(DeprecationWarning, match="use 'report_image' instead"):
        logger.report_image_and_upload("title", "series", 1, matrix=RGB)
    ship()
    assert len(samples.stored) == 2
    np.testing.assert_array_equal(samples.pixels(), RGB)


@pytest.mark.heavy
def test_tensors_of_torch(task: Task, samples: Samples, ship: Ship) -> None:
    torch = importlib.import_module("torch")
    chw = torch.from_numpy(RGB.copy()).permute(2, 0, 1)
    for image in (chw, chw.contiguous(), (chw / 255.0).requires_grad_(), (chw / 255.0).double()):
        task.get_logger().report_image("torch", "tensor", 0, image=image)
        ship()
        np.testing.assert_array_equal(samples.pixels(), RGB)
    # Both ends could be channels: of a tensor the first are.
    narrow = torch.arange(3 * 5 * 4, dtype=torch.uint8).reshape(3, 5, 4)
    task.get_logger().report_image("torch", "narrow", 0, image=narrow)
    task.get_logger().report_image("torch", "half", 0, image=torch.ones(4, 4).bfloat16())
    ship()
    np.testing.assert_array_equal(samples.pixels(samples.stored[-2]), narrow.permute(1, 2, 0))
    assert samples.pixels().min() == 255
