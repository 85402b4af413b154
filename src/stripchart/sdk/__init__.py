"""The part that lives in the training process: ``Task`` and ``Logger``.

Promises: after start-up no public call raises (but where it is wrong as it is written), blocks on I/O that is not ours,
or loses a point in silence.
"""
