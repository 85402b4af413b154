import copy
import functools
import pickle
from dataclasses import dataclass, field


@dataclass
class Model:
    weights: list = field(default_factory=lambda: [1.0, 2.0])
    log: object = print


# <task>
model = Model()
with open("model.pickle", "wb") as file:
    pickle.dump([model, functools.partial(print, "x"), {"a": (1, 2)}, Model], file)
with open("model.pickle", "rb") as file:
    print(pickle.load(file))
print(copy.deepcopy(model) == model)
