"""Put other streams in the place of the standard ones, and take them back."""

import contextlib
import copy
import io
import os
import pickle
import sys

# <task>
buffer = io.StringIO()
with contextlib.redirect_stdout(buffer):
    print("into a buffer")
print(repr(buffer.getvalue()))
before = sys.stdout


class Tee:
    def __init__(self, stream):
        self.stream = stream

    def write(self, text):
        return self.stream.write(text.upper())

    def __getattr__(self, name):
        return getattr(self.stream, name)


sys.stdout = Tee(before)
print("through a tee")
sys.stdout = before
with open("print.txt", "w") as file:
    print("to a file", file=file)
saved = os.dup(1)
target = os.open("dup.txt", os.O_CREAT | os.O_WRONLY)
sys.stdout.flush()
os.dup2(target, 1)
print("behind the descriptor", flush=True)
os.dup2(saved, 1)
print("back", flush=True)
for attempt in (lambda: pickle.dumps(sys.stdout), lambda: copy.deepcopy(sys.stdout)):
    try:
        attempt()
    except TypeError as error:
        print(error)
print(sys.stdout.buffer.raw.name, sys.stdout.line_buffering, dir(sys.stdout) == dir(sys.__stderr__))
wrapped = io.TextIOWrapper(io.FileIO(os.dup(1), "w"), write_through=True)
sys.stdout = wrapped
print("through another wrapper")
sys.stdout = None
print("into nothing")
sys.stdout = before
