"""``sync``: store what the recorder could not. It works on the tasks' folders and needs no server."""

from __future__ import annotations

import argparse

from stripchart import settings
from stripchart.cli.checking import folders_of
from stripchart.cli.failure import DONE, PROBLEM
from stripchart.cli.printing import printable


def sync(arguments: argparse.Namespace) -> int:
    """Store the debug samples and artifacts that wait, of one task or of all."""
    from stripchart.recorder.uploads import drain

    loaded = settings.load(home=arguments.home)
    folders = folders_of(loaded.tasks, arguments.task)
    left = 0
    for folder in folders:
        drained = drain(folder, loaded)
        if drained.busy:
            print(f"{folder.name}: its recorder is at work")
        elif drained.left:
            left += drained.left
            print(f"{folder.name}: {drained.left} left")
        for trouble in drained.troubles:
            print(f"{folder.name}: {printable(trouble)}")
    print(f"{len(folders)} tasks looked at, {left} samples and artifacts left")
    return PROBLEM if left else DONE
