"""Show what a program can ask of its own process."""

import gc
import locale
import os
import signal
import sys
import threading
import time

sys.setrecursionlimit(1234)
locale.setlocale(locale.LC_ALL, "C")
# <task>
print({s.name: str(signal.getsignal(s)) for s in signal.valid_signals() if isinstance(s, signal.Signals)})
print([t.name for t in threading.enumerate()], threading.active_count(), threading.settrace)
print(sys.getrecursionlimit(), sys.getswitchinterval(), sys.gettrace(), sys.getprofile())
print(gc.isenabled(), gc.get_threshold(), gc.callbacks, sys.flags)
print(sys.path, sys.argv, sys.executable, os.getcwd(), oct(os.umask(0o22)))
print(locale.setlocale(locale.LC_ALL), time.tzname, sys.stdin, type(sys.stdout), sys.displayhook)
print(threading.excepthook, sys.unraisablehook, sys.breakpointhook, sys.path_hooks[-1:])
print({k: v for k, v in sorted(os.environ.items()) if not k.startswith("STRIPCHART_")} .keys())
fds = [fd for fd in range(64) if os.path.exists(f"/proc/self/fd/{fd}") and os.get_inheritable(fd)]
print("given to other programs:", fds)
print(sorted(vars(sys.modules["__main__"]).keys() - {"Task"}))
print(sorted(m for m in sys.modules if m.partition(".")[0] in ("numpy", "torch", "psutil", "PIL", "subprocess", "multiprocessing")))
print(os.sched_getaffinity(0) == os.sched_getaffinity(os.getppid()), os.getpriority(os.PRIO_PROCESS, 0))
