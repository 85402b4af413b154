import os
import sys
import time

# <task>
print("parent", flush=True)
pid = os.fork()
if pid == 0:
    print("child", flush=True)
    os._exit(3)
print(os.waitstatus_to_exitcode(os.waitpid(pid, 0)[1]))
pid = os.fork()
if pid == 0:
    raise ValueError("in the child")
print(os.waitstatus_to_exitcode(os.waitpid(pid, 0)[1]))
pid = os.fork()
if pid == 0:
    sys.exit(6)
print(os.waitstatus_to_exitcode(os.waitpid(pid, 0)[1]), flush=True)
if os.fork() == 0:  # a daemon
    os.setsid()
    if os.fork():
        os._exit(0)
    with open("daemon.txt", "w") as file:
        file.write("by a daemon\n")
    os._exit(0)
os.wait()
while not os.path.exists("daemon.txt") or not os.path.getsize("daemon.txt"):
    time.sleep(0.01)
print("end")
