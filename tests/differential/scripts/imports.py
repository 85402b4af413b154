"""Import in odd ways."""

import builtins
import importlib
import importlib.util
import inspect
import sys

# <task>
print(builtins.__import__, importlib.import_module)
spec = importlib.util.find_spec("argparse")
print(spec.name, spec.loader, spec.origin)
import argparse

print(argparse.__spec__.loader, argparse.__loader__, inspect.getsourcefile(argparse))
print(len(inspect.getsource(argparse.ArgumentParser.parse_args)) > 0)
sys.modules["matplotlib"] = None
try:
    import matplotlib
except ImportError as error:
    print(type(error).__name__, error)
try:
    import no_such_module_at_all
except ModuleNotFoundError as error:
    print(error, error.name)
print(importlib.reload(argparse) is argparse)
sys.meta_path[:] = [f for f in sys.meta_path if not type(f).__module__.startswith("stripchart")]
import csv

print(csv.__name__)
