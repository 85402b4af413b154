# Python runs this as it starts where stripchart.compat has put its folder into PYTHONPATH. It may be any Python, with
# or without Stripchart: nothing here may keep it from starting, nor take the place of somebody else's sitecustomize.
import os
import sys

_here = os.path.dirname(os.path.abspath(__file__))  # noqa: PTH100, PTH120 - quick to import

try:
    from stripchart.compat import as_clearml
except Exception:  # noqa: BLE001 - another environment
    pass
else:
    as_clearml()


def _run_the_next_one() -> None:
    from importlib.machinery import PathFinder
    from importlib.util import module_from_spec

    places = [place for place in sys.path if os.path.abspath(place or ".") != _here]  # noqa: PTH100
    spec = PathFinder.find_spec("sitecustomize", places)
    if spec is not None and spec.loader is not None:
        module = module_from_spec(spec)
        sys.modules["sitecustomize"] = module
        spec.loader.exec_module(module)


_run_the_next_one()
