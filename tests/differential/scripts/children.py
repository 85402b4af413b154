"""Start other programs, and wait for any child until there is none."""

import asyncio
import os
import subprocess
import sys

SHOW = "import os; print({k: v for k, v in sorted(os.environ.items()) if not k.startswith('STRIPCHART_')})"
# <task>
print(subprocess.run([sys.executable, "-c", SHOW], capture_output=True, text=True, check=True).stdout)
print(subprocess.check_output("echo shell; exit 0", shell=True))
print(subprocess.run([sys.executable, "-c", "raise SystemExit(4)"]).returncode)
print(os.popen("cat; echo read").read())
fds = subprocess.run(["ls", "/proc/self/fd"], capture_output=True, text=True, close_fds=False).stdout
print(fds.split())
with subprocess.Popen(["cat"], stdin=subprocess.PIPE, stdout=subprocess.PIPE) as cat:
    print(cat.communicate(b"through a pipe"))
subprocess.run([sys.executable, "-c", "print('printed by a child')"], check=True)


async def main():
    process = await asyncio.create_subprocess_exec("echo", "async", stdout=asyncio.subprocess.PIPE)
    print(await process.communicate(), process.returncode)


asyncio.run(main())
pid = os.spawnv(os.P_NOWAIT, sys.executable, [sys.executable, "-c", "raise SystemExit(5)"])
ended = []
while True:
    try:
        ended.append(os.waitstatus_to_exitcode(os.wait()[1]))
    except ChildProcessError:
        break
print("children that ended:", ended)
