"""The journal: the files that are the truth of what a process reported.

Written by ``writer`` (standard library and msgspec only), read by ``reader``, looked after by ``sealing``, and
specified byte by byte in ``docs/internals/journal-format.md``. Nothing is imported here: the training process
takes the writer alone.
"""
