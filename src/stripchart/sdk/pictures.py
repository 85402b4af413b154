"""Take the pixels of what scripts report as images: NumPy arrays, tensors of any library, PIL images.

Nothing is encoded or scaled here: the raw bytes go to the recorder with shape, type and the order of the axes, so
that the call costs one copy. Neither NumPy, torch nor PIL is imported: who passes such an object has it already.
"""

from __future__ import annotations

import sys
from collections.abc import Sequence
from dataclasses import dataclass
from typing import Any

_CHANNELS = (1, 2, 3, 4)  # gray, gray and alpha, RGB, RGBA
_UNSUPPORTED = "Supported 'image' types are: numpy.ndarray or PIL.Image"
# PIL modes whose bytes are the pixels; the others are converted, which is the one copy then.
_PLAIN_MODES = {"L": 1, "LA": 2, "RGB": 3, "RGBA": 4}
_ARRAY_MODES = {"I": "<i4", "F": "<f4", "I;16": "<u2", "I;16B": ">u2", "I;16L": "<u2"}


class NoImage(ValueError):
    """Say that something is no image of any kind."""


@dataclass(frozen=True, slots=True)
class Pixels:
    """Hold the bytes of an image, C-contiguous, and how to read them; ``layout`` is "HW", "HWC" or "CHW"."""

    data: Any
    shape: list[int]
    dtype: str
    layout: str


def pixels_of(image: Any) -> Pixels:
    """Return the pixels of an array, a tensor or a PIL image; they may still share its memory.

    Raises:
        NoImage: it is none of these.
        ValueError: it holds no pixels or no numbers, or its shape is not that of one image.
    """
    numpy = sys.modules.get("numpy")
    if numpy is not None and isinstance(image, numpy.ndarray):
        return _of_array(image, channels_first=False)
    pil = sys.modules.get("PIL.Image")
    if pil is not None and isinstance(image, pil.Image):
        return _of_pil(image)
    torch = sys.modules.get("torch")
    if torch is not None and isinstance(image, torch.Tensor):
        return _of_array(_from_torch(image, torch), channels_first=True)
    if hasattr(image, "__array__") and hasattr(image, "shape"):
        import numpy as np

        return _of_array(np.asarray(image), channels_first=False)
    raise NoImage(f"{_UNSUPPORTED}, got {type(image).__name__}")


def layout_of(shape: Sequence[int], *, channels_first: bool) -> str:
    """Tell how the axes lie; where both ends could be channels, the last is, of tensors the first.

    Raises:
        ValueError: there are no pixels, or these are not the axes of one image.
    """
    if 0 in shape:
        raise ValueError(f"the image holds no pixels: its shape is {tuple(shape)}")
    if len(shape) == 2:
        return "HW"
    if len(shape) == 3:
        first, last = shape[0] in _CHANNELS, shape[-1] in _CHANNELS
        if last and not (first and channels_first):
            return "HWC"
        if first:
            return "CHW"
    raise ValueError(
        f"an image is HW, HWC or CHW with 1 to 4 channels, but its shape is {tuple(shape)}"
    )


def _of_array(array: Any, *, channels_first: bool) -> Pixels:
    while array.ndim > 3 and array.shape[0] == 1:
        array = array[0]  # a batch of one
    layout = layout_of(array.shape, channels_first=channels_first)
    if array.dtype.kind not in "buif":
        raise ValueError(f"an image holds numbers, not {array.dtype}")
    if not array.flags.c_contiguous:
        array = array.copy(order="C")
    flat = array.reshape(-1)
    if array.dtype.char != "B":
        flat = flat.view("u1")
    return Pixels(flat, list(array.shape), array.dtype.str, layout)


def _from_torch(tensor: Any, torch: Any) -> Any:
    tensor = tensor.detach()
    if tensor.layout != torch.strided:
        tensor = tensor.to_dense()
    tensor = tensor.cpu()
    if tensor.dtype == torch.bfloat16:  # NumPy knows none
        tensor = tensor.float()
    return tensor.resolve_conj().resolve_neg().numpy()


def _of_pil(image: Any) -> Pixels:
    width, height = image.size
    if image.mode in _ARRAY_MODES:
        layout = layout_of([height, width], channels_first=False)
        return Pixels(image.tobytes(), [height, width], _ARRAY_MODES[image.mode], layout)
    if image.mode not in _PLAIN_MODES:
        image = image.convert(_mode_for(image))
    channels = _PLAIN_MODES[image.mode]
    shape = [height, width] if channels == 1 else [height, width, channels]
    layout = layout_of(shape, channels_first=False)
    return Pixels(image.tobytes(), shape, "|u1", layout)


def _mode_for(image: Any) -> str:
    if image.mode == "1":
        return "L"
    see_through = image.mode in ("PA", "La", "RGBa") or "transparency" in image.info
    return "RGBA" if see_through else "RGB"
