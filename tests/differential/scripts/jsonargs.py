from dataclasses import dataclass

import jsonargparse

# <task>


@dataclass
class Options:
    rate: float = 0.1
    names: list[str] | None = None


def fit(options: Options, depth: int = 3):
    print(options, depth)
    return depth


def test(x: int):
    print("test", x)


print(jsonargparse.CLI([fit, test]))
