"""``Patch``: see the calls of somebody else's function after they have succeeded.

The original is called first, once, outside any ``try`` of ours: its result and its exceptions are untouched. Then
the observer is shown result and arguments. While an observer runs, nothing that its thread does is observed (our
own work is not captured again); while an original runs, everything is. An observer's error goes to ``on_error``.

What an observer needs of the state before the call, ``prepare`` returns, called before the original as guarded as
the observer. It may not change the call: that is not observing.
"""

from __future__ import annotations

import contextlib
import functools
import threading
from collections.abc import Callable, Iterator, Mapping
from types import FunctionType
from typing import Any, cast

Observer = Callable[
    ..., None
]  # result, args, kwargs and, where there is a ``prepare``, what that returned
Prepare = Callable[[tuple[Any, ...], Mapping[str, Any]], Any]

_thread = threading.local()
_ABSENT: Any = object()
_CO_COROUTINE = 0x80
_UNCOUNTED = "<frozen importlib._bootstrap of stripchart.capture.patch>"


@contextlib.contextmanager
def unobserved() -> Iterator[None]:
    """Let no observer see what this thread does in the ``with``."""
    before = getattr(_thread, "inside", False)
    _thread.inside = True
    try:
        yield
    finally:
        _thread.inside = before


def is_unobserved() -> bool:
    """Tell whether this thread is at work for us: in an observer, or in a ``with unobserved()``."""
    return getattr(_thread, "inside", False)


class Patch:
    """Wrap ``name`` of ``owner`` (a class, a module or an object) so that ``observe(result, args, kwargs)`` sees it.

    ``static`` and class methods stay what they are, coroutine functions are awaited before they are shown. With
    ``prepare(args, kwargs)``, called before the original, the observer gets its result as a fourth argument; where it
    fails, the call is not shown.
    """

    def __init__(
        self,
        owner: Any,
        name: str,
        observe: Observer,
        *,
        on_error: Callable[[Exception], None],
        prepare: Prepare | None = None,
    ) -> None:
        self._owner = owner
        self._name = name
        self._observe = observe
        self._on_error = on_error
        self._prepare = prepare
        self._before: Any = _ABSENT  # what the owner itself had, absent where it inherited the name
        self._ours: Any = _ABSENT
        self.active = False

    def apply(self) -> None:
        """Start observing.

        Raises:
            AttributeError, TypeError: the owner has no such name, or does not let it be set.
        """
        if self._ours is _ABSENT or self._own() is not self._ours:
            before, ours = self._own(), self._wrap(self._original())
            setattr(self._owner, self._name, ours)
            self._before, self._ours = before, ours
        self.active = True

    def remove(self) -> None:
        """Stop observing; the name is given back only if it is still ours, else the wrapper is left, inert."""
        self.active = False
        if self._ours is _ABSENT or self._own() is not self._ours:
            return
        if self._before is _ABSENT:
            delattr(self._owner, self._name)
        else:
            setattr(self._owner, self._name, self._before)
        self._ours = _ABSENT

    def _own(self) -> Any:
        return getattr(self._owner, "__dict__", {}).get(self._name, _ABSENT)

    def _original(self) -> Any:
        """Return what is wrapped: for a class the raw attribute, so that its descriptor is kept."""
        if isinstance(self._owner, type):
            for base in self._owner.__mro__:
                if self._name in base.__dict__:
                    return base.__dict__[self._name]
        return getattr(self._owner, self._name)

    def _wrap(self, original: Any) -> Any:
        if isinstance(original, staticmethod):
            return staticmethod(self._function(original.__func__))
        if isinstance(original, classmethod):
            return classmethod(self._function(original.__func__))
        return self._function(original)

    def _function(self, original: Callable[..., Any]) -> Callable[..., Any]:
        if isinstance(original, FunctionType) and original.__code__.co_flags & _CO_COROUTINE:

            async def waiting(*args: Any, **kwargs: Any) -> Any:
                prepared = self._prepared(args, kwargs)
                result = await original(*args, **kwargs)
                if self.active and (prepared or self._prepare is None):
                    self._show(result, args, kwargs, *prepared)
                return result

            return _named_as(cast(FunctionType, waiting), original)
        if self._prepare is not None:

            def preparing(*args: Any, **kwargs: Any) -> Any:
                prepared = self._prepared(args, kwargs)
                result = original(*args, **kwargs)
                if self.active and prepared:
                    self._show(result, args, kwargs, *prepared)
                return result

            return _named_as(cast(FunctionType, preparing), original)

        def wrapper(*args: Any, **kwargs: Any) -> Any:
            result = original(*args, **kwargs)
            if self.active:
                self._show(result, args, kwargs)
            return result

        return _named_as(cast(FunctionType, wrapper), original)

    def _prepared(self, args: tuple[Any, ...], kwargs: Mapping[str, Any]) -> tuple[Any, ...]:
        """Return what ``prepare`` gives, in a tuple; an empty one where nothing is to be shown."""
        if self._prepare is None or not self.active or getattr(_thread, "inside", False):
            return ()
        _thread.inside = True
        try:
            return (self._prepare(args, kwargs),)
        except Exception as error:  # noqa: BLE001 - as in _show
            self._on_error(error)
            return ()
        finally:
            _thread.inside = False

    def _show(
        self, result: Any, args: tuple[Any, ...], kwargs: Mapping[str, Any], *prepared: Any
    ) -> None:
        if getattr(_thread, "inside", False):
            return
        _thread.inside = True
        try:
            self._observe(result, args, kwargs, *prepared)
        except Exception as error:  # noqa: BLE001 - the one who patches says what an error of the observer means
            self._on_error(error)
        finally:
            _thread.inside = False


def _named_as(wrapper: FunctionType, original: Callable[..., Any]) -> Callable[..., Any]:
    # Frames of files named so do not count for the stacklevel of a warning, which then names the same line of the
    # script as without us (warnings.py, _is_internal_frame).
    wrapper.__code__ = wrapper.__code__.replace(co_filename=_UNCOUNTED)
    # updated=(): attributes of the original must not be taken for attributes of the wrapper.
    return functools.wraps(original, updated=())(wrapper)
