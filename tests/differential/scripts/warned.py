import sys
import warnings

# <task>


def old():
    warnings.warn("old", DeprecationWarning, stacklevel=2)


old()
warnings.warn("a user's")
for _ in range(3):
    warnings.warn("once a place", RuntimeWarning)
with warnings.catch_warnings(record=True) as caught:
    warnings.simplefilter("always")
    old()
print([(w.category.__name__, str(w.message), w.lineno) for w in caught])
with warnings.catch_warnings():
    warnings.simplefilter("error")
    import json

    json.dumps([1])
print([f[:1] + f[2:3] for f in warnings.filters])
warnings.showwarning = lambda message, *_: print("shown:", message, file=sys.stdout)
warnings.warn("in another way")
open("left open", "w")
