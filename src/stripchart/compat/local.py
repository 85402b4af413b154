"""Small things of ClearML's modules that say something of where a script runs or what it holds."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any


def browser_login(*_args: Any, **_kwargs: Any) -> None:
    """Do nothing: there is nothing to log in to."""


def running_remotely() -> bool:
    """Return False: no agent of ClearML runs this script."""
    return False


def flatten_dictionary(
    a_dict: Mapping[Any, Any], prefix: str = "", sep: str = "/"
) -> dict[str, Any]:
    """Return nested mappings as one, the keys of each level joined by ``sep``."""
    flat: dict[str, Any] = {}
    for key, value in a_dict.items():
        name = f"{prefix}{key}"
        if isinstance(value, Mapping) and value:
            flat |= flatten_dictionary(value, f"{name}{sep}", sep)
        else:
            flat[name] = value
    return flat


class Framework:
    """Name the libraries that models are of."""

    tensorflow = "TensorFlow"
    tensorflowjs = "TensorFlow_js"
    tensorflowlite = "TensorFlow_Lite"
    pytorch = "PyTorch"
    torchscript = "TorchScript"
    caffe = "Caffe"
    caffe2 = "Caffe2"
    onnx = "ONNX"
    keras = "Keras"
    mknet = "MXNet"
    cntk = "CNTK"
    torch = "Torch"
    darknet = "Darknet"
    paddlepaddle = "PaddlePaddle"
    scikitlearn = "ScikitLearn"
    xgboost = "XGBoost"
    lightgbm = "LightGBM"
    parquet = "Parquet"
    megengine = "MegEngine"
    catboost = "CatBoost"
    tensorrt = "TensorRT"
    openvino = "OpenVINO"
