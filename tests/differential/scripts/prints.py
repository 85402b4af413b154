import sys

# <task>
print("plain", 1, None, sep="-", end="!\n")
print("flushed", flush=True)
print("to the other", file=sys.stderr)
sys.stdout.write("written\n")
sys.stdout.writelines(["one\n", "two\n"])
print("snow \u2603 and \x1b[31mred\x1b[0m\rover")
print(sys.stdout.write("abc"), type(sys.stdout), isinstance(sys.stdout.fileno(), int))
print(sys.stdout is sys.__stdout__, sys.stdout.isatty(), sys.stdout.encoding, sys.stdout.errors)
sys.stderr.write("no end of line")
print("no end of line", end="")
