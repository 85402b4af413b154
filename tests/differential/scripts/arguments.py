import argparse
import copy
import enum
import inspect
import pathlib
import pickle

# <task>


class Colour(enum.Enum):
    red = 1


parser = argparse.ArgumentParser(description="a script", epilog="its end")
parser.add_argument("--rate", type=float, default=0.1, help="of %(prog)s (%(default)s)")
parser.add_argument("--colour", type=Colour.__getitem__, default=Colour.red)
parser.add_argument("--path", type=pathlib.Path, nargs="*")
parser.add_argument("--count", "-c", action="count", default=0)
parser.add_argument("--version", action="version", version="7")
parser.add_argument("name", nargs="?", choices=["a", "b"])
commands = parser.add_subparsers(title="what to do")
fit = commands.add_parser("fit", help="to fit")
fit.add_argument("--deep", type=int, required=True)
fit.set_defaults(run=print)
print(inspect.signature(argparse.ArgumentParser.parse_args))
print(argparse.ArgumentParser.parse_args.__qualname__, argparse.ArgumentParser.parse_args.__module__)
print(sorted(vars(copy.deepcopy(parser).parse_args([]))), pickle.dumps(argparse.Namespace(a=1)))
print(vars(parser).keys())
print(parser.parse_args())
