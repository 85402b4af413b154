import faulthandler
import os
import signal
import time

# <task>


class Alarmed(Exception):
    pass


def ring(number, frame):
    raise Alarmed(number)


signal.signal(signal.SIGALRM, ring)
signal.setitimer(signal.ITIMER_REAL, 0.05)
try:
    while True:
        print(end="")
except Alarmed as error:
    print("alarmed", error)
signal.signal(signal.SIGTERM, lambda *_: print("asked to end", flush=True))
os.kill(os.getpid(), signal.SIGTERM)
signal.signal(signal.SIGUSR1, signal.SIG_IGN)
os.kill(os.getpid(), signal.SIGUSR1)
signal.signal(signal.SIGCHLD, lambda *_: print("a child ended", flush=True))
if os.fork() == 0:
    os._exit(0)
time.sleep(0.1)
print(os.wait()[1])
with open("trace.txt", "w") as file:
    faulthandler.dump_traceback(file, all_threads=False)
signal.signal(signal.SIGINT, signal.SIG_DFL)
os.kill(os.getpid(), signal.SIGINT)
