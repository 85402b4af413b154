"""``WeightsGradientHistHelper``: histograms of weights and gradients, as Ignite's and MONAI's handlers report them."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from stripchart.sdk.guard import contained

if TYPE_CHECKING:
    from stripchart.sdk.logger import Logger
    from stripchart.sdk.losses import Losses


class WeightsGradientHistHelper:
    """Report how the values of an array are distributed, one histogram a step."""

    def __init__(
        self,
        logger: Logger,
        report_freq: int = 100,
        histogram_update_freq_multiplier: int = 10,
        histogram_granularity: int = 50,
    ) -> None:
        """Take every ``report_freq``-th step; ``histogram_granularity`` is how many bins a histogram has.

        Each histogram is a plot of its own iteration, so that there is no surface to be updated now and then, and
        ``histogram_update_freq_multiplier`` changes nothing.
        """
        self._logger = logger
        self._report_freq = max(1, int(report_freq))
        self._bins = max(1, int(histogram_granularity))

    @property
    def _losses(self) -> Losses:
        return self._logger._losses

    @contained("plot")
    def add_histogram(self, title: str, series: str, step: int, hist_data: Any) -> None:
        """Report the histogram of an array's finite values at a step, if it is one to be taken."""
        if int(step) % self._report_freq:
            return
        import numpy as np

        values = np.asarray(hist_data, dtype=np.float64).ravel()
        values = values[np.isfinite(values)]
        if not values.size:
            return
        counts, edges = np.histogram(values, bins=self._bins)
        centres = (edges[:-1] + edges[1:]) / 2
        self._logger.report_histogram(
            title,
            series,
            counts.tolist(),
            iteration=int(step),
            xlabels=[f"{centre:.6g}" for centre in centres],
            xaxis="value",
            yaxis="count",
        )
