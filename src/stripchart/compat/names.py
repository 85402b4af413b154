"""Which names of ClearML's modules there are, and where ours are: a table, as nothing is imported before its use."""

from __future__ import annotations

VERSION = "2.1.12"  # whose names and rules these are; libraries ask for it

_SWITCHES = "stripchart.compat.switches"
_TASKS = {
    "Task": "stripchart:Task",
    "TaskTypes": "stripchart:TaskTypes",
}
_MODELS = {
    "InputModel": "stripchart:InputModel",
    "Model": "stripchart:Model",
    "OutputModel": "stripchart:OutputModel",
}
_STEPS = {
    "PipelineController": "stripchart:PipelineController",
    "PipelineDecorator": "stripchart:PipelineDecorator",
}
_STORAGE = {"StorageManager": "stripchart:StorageManager"}
_FILES = {"WeightsFileHandler": "stripchart.sdk.weight_files:WeightsFileHandler"}
_HISTOGRAMS = {
    "WeightsGradientHistHelper": "stripchart.sdk.weight_histograms:WeightsGradientHistHelper"
}

MODULES: dict[str, dict[str, str]] = {
    "clearml": {
        "Dataset": "stripchart:Dataset",
        "Logger": "stripchart:Logger",
        "UsageError": "stripchart:UsageError",
        "browser_login": "stripchart.compat.local:browser_login",
        **_MODELS,
        **_STEPS,
        **_STORAGE,
        **_TASKS,
    },
    "clearml.automation": dict(_STEPS),
    "clearml.automation.controller": dict(_STEPS),
    "clearml.automation.hpbandster": {},
    "clearml.automation.optimization": {},
    "clearml.automation.optuna": {},
    "clearml.automation.parameters": {},
    "clearml.backend_api": {},
    "clearml.backend_api.session": {},
    "clearml.backend_api.session.client": {},
    "clearml.binding": {},
    "clearml.binding.frameworks": dict(_FILES),
    "clearml.binding.frameworks.base_bind": {},
    "clearml.binding.frameworks.catboost_bind": {
        "PatchCatBoostModelIO": f"{_SWITCHES}:PatchCatBoostModelIO"
    },
    "clearml.binding.frameworks.lightgbm_bind": {
        "PatchLIGHTgbmModelIO": f"{_SWITCHES}:PatchLIGHTgbmModelIO"
    },
    "clearml.binding.frameworks.pytorch_bind": {
        "PatchPyTorchModelIO": f"{_SWITCHES}:PatchPyTorchModelIO"
    },
    "clearml.binding.frameworks.tensorflow_bind": {
        "PatchKerasModelIO": f"{_SWITCHES}:PatchKerasModelIO",
        "PatchSummaryToEventTransformer": f"{_SWITCHES}:PatchSummaryToEventTransformer",
        "PatchTensorFlowEager": f"{_SWITCHES}:PatchTensorFlowEager",
        "PatchTensorflowModelIO": f"{_SWITCHES}:PatchTensorflowModelIO",
        "PatchTensorFlowModelIO": f"{_SWITCHES}:PatchTensorflowModelIO",
        **_HISTOGRAMS,
    },
    "clearml.binding.frameworks.xgboost_bind": {
        "PatchXGBoostModelIO": f"{_SWITCHES}:PatchXGBoostModelIO"
    },
    "clearml.binding.joblib_bind": {"PatchedJoblib": f"{_SWITCHES}:PatchedJoblib"},
    "clearml.binding.matplotlib_bind": {"PatchedMatplotlib": f"{_SWITCHES}:PatchedMatplotlib"},
    "clearml.config": {
        "running_remotely": "stripchart.compat.local:running_remotely",
    },
    "clearml.datasets": {"Dataset": "stripchart:Dataset"},
    "clearml.errors": {"UsageError": "stripchart:UsageError"},
    "clearml.logger": {"Logger": "stripchart:Logger"},
    "clearml.model": {**_MODELS, "Framework": "stripchart.compat.local:Framework"},
    "clearml.storage": dict(_STORAGE),
    "clearml.storage.manager": dict(_STORAGE),
    "clearml.task": {**_TASKS, "Logger": "stripchart:Logger"},
    "clearml.utilities": {},
    "clearml.utilities.plotly_reporter": {
        "SeriesInfo": "stripchart.sdk.figures.series_info:SeriesInfo"
    },
    "clearml.utilities.proxy_object": {
        "flatten_dictionary": "stripchart.compat.local:flatten_dictionary"
    },
}

_SEARCH = "search with Optuna or a scheduler of yours, each trial with a Task.init of its own"
_ASK = (
    "read with Task.get_task and Task.get_tasks, or over the HTTP API (docs/reference/http-api.md)"
)

# Modules of which any class can be imported, and refuses to be used, with what to do instead.
REFUSED: dict[str, str] = {
    "clearml.automation": _SEARCH,
    "clearml.automation.controller": _SEARCH,
    "clearml.automation.hpbandster": _SEARCH,
    "clearml.automation.optimization": _SEARCH,
    "clearml.automation.optuna": _SEARCH,
    "clearml.automation.parameters": _SEARCH,
    "clearml.backend_api": _ASK,
    "clearml.backend_api.session": _ASK,
    "clearml.backend_api.session.client": _ASK,
}
