import sys

# <task>
try:
    print("\udcff")
except UnicodeEncodeError as error:
    print("refused", error.reason)
sys.stdout.reconfigure(errors="backslashreplace", line_buffering=True)
print("\udcff")
