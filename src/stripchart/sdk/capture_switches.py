"""Choices of the process about automatic capture, which the capture of TensorBoard asks for at every scalar."""

from __future__ import annotations


class CaptureSwitches:
    """Choose how captured TensorBoard scalars are named."""

    _groups_scalars: bool = False
    _single_series: bool = False

    @classmethod
    def tensorboard_auto_group_scalars(cls, group_scalars: bool = False) -> None:
        """Put tags without ``/`` under one title, ``Scalars``, instead of one each; kept for the process."""
        CaptureSwitches._groups_scalars = bool(group_scalars)

    @classmethod
    def tensorboard_single_series_per_graph(cls, single_series: bool = False) -> None:
        """Tell log directories and the keys of ``add_scalars`` apart by titles, not series; kept for the process."""
        CaptureSwitches._single_series = bool(single_series)
