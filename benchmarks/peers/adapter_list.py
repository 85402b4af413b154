"""The floor: append to a list, nothing on disk."""

buf = []


def setup(dir, run="run0"):
    pass


def log_scalar(name, value, step):
    buf.append((name, value, step))


def finish():
    pass
