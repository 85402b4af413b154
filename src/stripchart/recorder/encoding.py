"""Turn raw pixels into an image file, and any image into a thumbnail. Pillow, in the recorder only.

PNG keeps every pixel of 8 bits, and of 16 where a gray image has more; JPEG and WebP do not. What the numbers
mean is written in ``docs/guides/debug-samples.md``.
"""

from __future__ import annotations

import warnings
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import numpy as np
from numpy.typing import NDArray

THUMBNAIL_PIXELS = 320
_STRIP_PIXELS = 1 << 20  # converted at a time, so that no whole image of floats is held
_FAST_FROM_PIXELS = 4 << 20  # compressed less hard from here on
_THUMBNAIL_AT_MOST_PIXELS = (
    200 << 20
)  # of a file that somebody made; raw pixels were in memory anyway

Pixels = NDArray[np.uint8] | NDArray[np.uint16]


class Unreadable(ValueError):
    """Say that a sample cannot be shown as an image, and why."""


@dataclass(frozen=True, slots=True)
class Encoded:
    """Tell what an image turned out to be; ``clipped`` counts values that had to be cut to fit."""

    width: int
    height: int
    has_thumbnail: bool = False
    clipped: int = 0


def encode(
    raw: Path,
    target: Path,
    *,
    shape: list[int],
    dtype: str,
    layout: str,
    format: str,
    quality: int,
    small: Path,
    offset: int = 0,
) -> Encoded:
    """Write the raw pixels of a file as an image, and its thumbnail to ``small`` if it is larger than one.

    Raises:
        Unreadable: the file is not what shape and type say.
        OSError: it cannot be read or written.
    """
    from PIL import Image

    array = _open(raw, shape, dtype, offset)
    if layout == "CHW":
        array = np.moveaxis(array, 0, -1)
    if array.ndim == 3 and array.shape[-1] == 1:
        array = array[..., 0]
    pixels, clipped = to_pixels(array, sixteen_bits=format == "png")
    with _unwarned():
        image = Image.fromarray(pixels)
    if format == "jpeg":
        image = _without_alpha(image)
    image.save(target, format, **_options(format, quality, image.width * image.height))
    is_large = max(image.size) > THUMBNAIL_PIXELS
    if is_large:
        _save_small(image, small)
    return Encoded(image.width, image.height, is_large, clipped)


def to_pixels(array: NDArray[Any], *, sixteen_bits: bool = True) -> tuple[Pixels, int]:
    """Convert an image, HW or HWC, to 8 bits, or 16 of a gray one; return it and how many values were cut.

    Floats whose finite maximum is at most 1 are scaled by 255, others are taken as 0 to 255; NaN is black.
    Unsigned 16-bit numbers above 255 make a 16-bit image; other integers are taken as 0 to 255.
    """
    if array.dtype == np.bool_:
        return _by_strips(array, lambda part: (np.where(part, 255, 0), 0))
    if array.dtype == np.uint8:
        return np.ascontiguousarray(array), 0
    if array.dtype.kind == "f":
        return _by_strips(array, _from_floats(255.0 if _highest(array) <= 1.0 else 1.0))
    if array.dtype.kind == "u" and array.dtype.itemsize == 2 and int(array.max()) > 255:
        if sixteen_bits and array.ndim == 2:
            return np.ascontiguousarray(array, dtype=np.uint16), 0
        return _by_strips(array, lambda part: ((part >> 8).astype(np.uint8), 0))
    return _by_strips(array, _from_integers)


def thumbnail(source: Path, small: Path) -> Encoded:
    """Write a thumbnail of an image file to ``small``, unless it is too large to be decoded for that.

    Raises:
        Unreadable: it is no image that Pillow reads, or is damaged.
        OSError: the thumbnail cannot be written.
    """
    from PIL import Image, ImageOps, UnidentifiedImageError

    try:
        with _unwarned(), Image.open(source) as image:
            width, height = image.size
            if width * height > _THUMBNAIL_AT_MOST_PIXELS:
                return Encoded(width, height)
            image.draft("RGB", (2 * THUMBNAIL_PIXELS, 2 * THUMBNAIL_PIXELS))
            image.load()
            upright = ImageOps.exif_transpose(image)
    except Exception as error:
        # Damaged files make Pillow raise nearly anything. Of one that it does not know it tells only where that lies,
        # in our spool.
        why = "" if isinstance(error, UnidentifiedImageError) else f" ({error})"
        raise Unreadable(
            f"not an image that can be read{why}; report a file when all of it is written, or its pixels"
        ) from error
    _save_small(upright, small)
    return Encoded(width, height, has_thumbnail=True)


def _save_small(image: Any, target: Path) -> None:
    """Write an image, at most ``THUMBNAIL_PIXELS`` wide and high, as WebP; nothing is there if that fails."""
    small = _shown(_reduced(image))
    if small is image:
        small = image.copy()  # what follows works in place
    small.thumbnail((THUMBNAIL_PIXELS, THUMBNAIL_PIXELS))
    try:
        small.save(target, "webp", quality=80, method=2)
    except BaseException:
        target.unlink(missing_ok=True)
        raise


def _open(raw: Path, shape: list[int], dtype: str, offset: int) -> NDArray[Any]:
    try:
        kind = np.dtype(dtype)
    except TypeError as error:
        raise Unreadable(f"unknown type of pixels {dtype!r}") from error
    needed = kind.itemsize * int(np.prod(shape, dtype=object))
    size = raw.stat().st_size - offset
    if needed > size or needed == 0:
        raise Unreadable(f"{size} bytes are not {tuple(shape)} pixels of {dtype}")
    return np.memmap(raw, dtype=kind, mode="r", offset=offset, shape=tuple(shape))


def _highest(array: NDArray[Any]) -> float:
    highest = -np.inf
    for part in _strips(array):
        finite = part[np.isfinite(part)]
        highest = max(highest, float(finite.max())) if finite.size else highest
    return float(highest)


def _from_floats(scale: float) -> Any:
    def convert(part: NDArray[Any]) -> tuple[NDArray[np.uint8], int]:
        wide = np.dtype(np.float32 if part.dtype.itemsize <= 4 else np.float64)
        scaled: NDArray[Any] = np.multiply(part, scale, dtype=wide)
        cut = int(np.count_nonzero(~((scaled >= -0.5) & (scaled <= 255.5))))
        scaled = np.nan_to_num(scaled, nan=0.0, posinf=255.0, neginf=0.0)
        return np.rint(np.clip(scaled, 0.0, 255.0)).astype(np.uint8), cut

    return convert


def _from_integers(part: NDArray[Any]) -> tuple[NDArray[np.uint8], int]:
    cut = int(np.count_nonzero((part < 0) | (part > 255)))
    return np.clip(part, 0, 255).astype(np.uint8), cut


def _strips(array: NDArray[Any]) -> Any:
    row = max(1, int(np.prod(array.shape[1:])))
    rows = max(1, _STRIP_PIXELS // row)
    return (array[at : at + rows] for at in range(0, array.shape[0], rows))


def _by_strips(array: NDArray[Any], convert: Any) -> tuple[NDArray[np.uint8], int]:
    pixels = np.empty(array.shape, np.uint8)
    at = cut = 0
    for part in _strips(array):
        pixels[at : at + len(part)], more = convert(part)
        at, cut = at + len(part), cut + more
    return pixels, cut


def _options(format: str, quality: int, size: int) -> dict[str, Any]:
    if format == "png":
        return {"compress_level": 1 if size >= _FAST_FROM_PIXELS else 6}
    return {"quality": quality}


def _without_alpha(image: Any) -> Any:
    """Lay an image with alpha on white, which JPEG cannot keep."""
    from PIL import Image

    if image.mode not in ("LA", "RGBA"):
        return image
    ground = Image.new("RGBA", image.size, "white")
    ground.alpha_composite(image.convert("RGBA"))
    return ground.convert("RGB")


def _reduced(image: Any) -> Any:
    """Shrink a large image by a whole number first, which is cheap."""
    factor = min(image.size) // (4 * THUMBNAIL_PIXELS)
    if factor > 1 and image.mode in ("L", "LA", "RGB", "RGBA"):
        return image.reduce(factor)
    return image


def _shown(image: Any) -> Any:
    """Convert an image to a mode that WebP keeps."""
    if image.mode.startswith("I;16") or image.mode in ("I", "F"):
        return _stretched(image)
    if image.mode in ("RGB", "RGBA"):
        return image
    see_through = image.mode in ("LA", "PA", "La", "RGBa") or "transparency" in image.info
    return image.convert("RGBA" if see_through else "RGB")


def _stretched(image: Any) -> Any:
    """Bring an image of more than 8 bits to the range that a screen shows."""
    from PIL import Image

    values = np.asarray(image)
    top = 65535.0 if image.mode.startswith("I;16") else max(float(values.max()), 1.0)
    pixels = np.clip(values.astype(np.float32) * (255.0 / top), 0, 255).astype(np.uint8)
    return Image.fromarray(pixels).convert("RGB")


def _unwarned() -> Any:
    """Pass over Pillow's warnings of damaged and of large files: both are answered here."""
    from PIL import Image

    Image.MAX_IMAGE_PIXELS = None  # the recorder has a limit of its own
    return warnings.catch_warnings(action="ignore")
