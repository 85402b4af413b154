"""The side process: watches a task's processes, measures the machine, seals journals, explains deaths.

One per task per host, started by the SDK as ``python -m stripchart.recorder``; see
``docs/internals/recorder.md``. It owns nothing but its own journal, its lock and its log: whatever
happens to it, the training goes on, and what was reported stays in the journals of those who reported.
"""
