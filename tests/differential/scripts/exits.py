import atexit
import os
import signal
import sys
import threading

# <task>
atexit.register(print, "registered first")
atexit.register(lambda: print("registered last", flush=True))


class Odd(Exception):
    def __str__(self):
        raise ValueError("not even that")


def deep(n):
    return deep(n + 1)


def chained():
    try:
        {}["missing"]
    except KeyError as error:
        raise RuntimeError("because") from error


def in_thread():
    thread = threading.Thread(target=lambda: 1 / 0, name="worker")
    thread.start()
    thread.join()


def unraisable():
    class Dying:
        def __del__(self):
            raise ValueError("while dying")

    Dying()


def hooked():
    sys.excepthook = lambda kind, error, trace: print("hook:", kind.__name__, error)
    raise ValueError("for the hook")


def grouped():
    raise ExceptionGroup("several", [ValueError(1), TypeError("two")])


def noted():
    error = ValueError("with a note")
    error.add_note("the note")
    raise error


def at_exit():
    atexit.register(lambda: 1 / 0)


def closed():
    sys.stdout.close()


def syntax():
    compile("a = (", "<text>", "exec")


def interrupted():
    raise KeyboardInterrupt


ways = {
    "well": lambda: None,
    "zero": lambda: sys.exit(0),
    "three": lambda: sys.exit(3),
    "none": lambda: sys.exit(),
    "text": lambda: sys.exit("said so"),
    "large": lambda: sys.exit(256),
    "negative": lambda: sys.exit(-1),
    "tuple": lambda: sys.exit((1, 2)),
    "at once": lambda: os._exit(7),
    "term": lambda: os.kill(os.getpid(), signal.SIGTERM),
    "kill": lambda: os.kill(os.getpid(), signal.SIGKILL),
    "int": lambda: os.kill(os.getpid(), signal.SIGINT),
    "abort": os.abort,
    "recursion": lambda: deep(0),
    "odd": lambda: (_ for _ in ()).throw(Odd()),
}
ways |= {
    f.__name__: f
    for f in (chained, in_thread, unraisable, hooked, grouped, noted, at_exit, closed, syntax, interrupted)
}
print("begins", flush=True)
ways[sys.argv[1]]()
print("goes on", flush=True)
