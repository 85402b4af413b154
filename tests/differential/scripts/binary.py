import os
import sys

# <task>
sys.stdout.buffer.write(b"\xff\x00binary\n")
sys.stdout.buffer.flush()
os.write(1, b"by descriptor\n")
print("text", flush=True)
os.write(2, b"err by descriptor\n")
copy = os.dup(1)
with os.fdopen(copy, "w") as file:
    file.write("through a copy\n")
os.system("echo by a shell")
