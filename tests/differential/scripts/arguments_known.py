import argparse

# <task>
parser = argparse.ArgumentParser(exit_on_error=False, fromfile_prefix_chars="@")
parser.add_argument("--rate", type=float)
parser.add_argument("files", nargs="*")
for line in (["--rate", "1", "x", "--other"], ["--rate", "much"]):
    try:
        print(parser.parse_known_args(line))
        print(parser.parse_known_intermixed_args(line))
    except argparse.ArgumentError as error:
        print("refused:", error)
print(parser.parse_intermixed_args(["a", "--rate", "2", "b"], argparse.Namespace(before=1)))
parser.parse_args(["--nothing"])
