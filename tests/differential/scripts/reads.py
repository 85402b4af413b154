import sys

# <task>
print("first:", sys.stdin.readline())
print("asked:", input("what? "))
for number, line in enumerate(sys.stdin):
    print(number, line.rstrip())
try:
    input()
except EOFError:
    print("at the end")
