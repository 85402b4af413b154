"""Reports of a model: those of its task, under titles that begin with the model's name."""

from __future__ import annotations

import functools
from collections.abc import Callable
from typing import TYPE_CHECKING, Any, Concatenate, ParamSpec

from stripchart.sdk.logger import Logger

if TYPE_CHECKING:
    from stripchart.sdk.models import Models

P = ParamSpec("P")


def _of_model(
    report: Callable[Concatenate[Any, P], None], first: str = "title"
) -> Callable[Concatenate[Any, P], None]:
    """Return a report of a logger as one of a model, whose name comes before the ``first`` argument."""

    @functools.wraps(report)
    def reported(model: ModelReports, /, *args: Any, **kwargs: Any) -> None:
        title, *rest = (kwargs.pop(first), *args) if first in kwargs else args or (None,)
        logger = model._task()._logger
        report(logger, f"{model._title()}/{title}", *rest, **kwargs)  # type: ignore[arg-type]

    return reported


class ModelReports:
    """Report scalars and plots of a model, as ``Logger`` does, to the task that has the model."""

    report_scalar = _of_model(Logger.report_scalar)
    report_single_value = _of_model(Logger.report_single_value, "name")
    report_histogram = _of_model(Logger.report_histogram)
    report_vector = _of_model(Logger.report_vector)
    report_table = _of_model(Logger.report_table)
    report_line_plot = _of_model(Logger.report_line_plot)
    report_scatter2d = _of_model(Logger.report_scatter2d)
    report_scatter3d = _of_model(Logger.report_scatter3d)
    report_confusion_matrix = _of_model(Logger.report_confusion_matrix)
    report_matrix = _of_model(Logger.report_matrix)
    report_surface = _of_model(Logger.report_surface)

    def _task(self) -> Models:
        raise NotImplementedError

    def _title(self) -> str:
        raise NotImplementedError
