"""Tell from its source which arguments of which calls a test drives.

A test drives an argument where it, or what it is made of in its module (tables of cases, helpers, scripts that it
runs), calls the method with the argument, by place or by name. Where a call is made from a table (``**given``,
``getattr(logger, name)``), the argument's name has to stand in it.
"""

from __future__ import annotations

import ast
import inspect
import textwrap
from collections.abc import Iterator
from functools import cache
from pathlib import Path
from typing import Any

_STARS = (inspect.Parameter.VAR_POSITIONAL, inspect.Parameter.VAR_KEYWORD)


@cache
def reached(path: Path, test: str) -> tuple[ast.AST, ...]:
    """Return the nodes of a test and of everything in its module that it refers to, scripts in texts parsed."""
    known = _definitions(path)
    found: list[ast.AST] = []
    waiting, seen = [test], {test}
    while waiting:
        for node in _walk(known[waiting.pop()]):
            found.append(node)
            named = {ast.Name: "id", ast.arg: "arg", ast.Attribute: "attr"}.get(type(node))
            name = getattr(node, named) if named else ""
            if name in known and name not in seen:
                seen.add(name)
                waiting.append(name)
    return tuple(found)


def has_test(path: Path, test: str) -> bool:
    """Tell whether a module has a test of this name."""
    return path.exists() and test in _definitions(path)


@cache
def _definitions(path: Path) -> dict[str, ast.AST]:
    found: dict[str, ast.AST] = {}
    for node in ast.parse(path.read_text()).body:
        if isinstance(node, ast.FunctionDef | ast.ClassDef):
            found[node.name] = node
        elif isinstance(node, ast.Assign | ast.AnnAssign):
            targets = node.targets if isinstance(node, ast.Assign) else [node.target]
            found |= {target.id: node for target in targets if isinstance(target, ast.Name)}
    return found


def _walk(root: ast.AST) -> Iterator[ast.AST]:
    for node in ast.walk(root):
        yield node
        if "\n" in (text := _text(node)):
            try:
                script = ast.parse(textwrap.dedent(text))
            except SyntaxError:
                continue
            yield from ast.walk(script)


def _text(node: ast.AST) -> str:
    if isinstance(node, ast.JoinedStr):
        return "".join(_text(part) or "0" for part in node.values)
    return node.value if isinstance(node, ast.Constant) and isinstance(node.value, str) else ""


def drives(
    nodes: tuple[ast.AST, ...], method: str, argument: str = "", function: Any = None
) -> bool:
    """Tell whether a method is called (or read) there, and with the argument, as the table of arguments has it."""
    if not argument:
        return any(_is_named(node, method) for node in nodes)
    name = argument.partition("=")[0]
    other_names = _other_names(nodes, method)
    calls = [
        node
        for node in nodes
        if isinstance(node, ast.Call)
        and (_is_named(node.func, method) or getattr(node.func, "id", None) in other_names)
    ]
    if any(name in _bound(call, function) for call in calls):
        return True
    from_a_table = any(isinstance(node, ast.Constant) and node.value == method for node in nodes)
    spread = any(keyword.arg is None for call in calls for keyword in call.keywords)
    return (from_a_table or spread) and any(_is_name(node, name) for node in nodes)


def _other_names(nodes: tuple[ast.AST, ...], method: str) -> set[str]:
    """Return the names that a method was given (``ask = Model.query_models``)."""
    return {
        target.id
        for node in nodes
        if isinstance(node, ast.Assign) and _is_named(node.value, method)
        for target in node.targets
        if isinstance(target, ast.Name)
    }


def _is_named(node: ast.AST, method: str) -> bool:
    if isinstance(node, ast.Attribute):
        return node.attr == method
    return isinstance(node, ast.Constant) and node.value == method


def _is_name(node: ast.AST, name: str) -> bool:
    if isinstance(node, ast.keyword):
        return node.arg == name
    return isinstance(node, ast.Constant) and node.value == name


def _bound(call: ast.Call, function: Any) -> set[str]:
    """Return the arguments that a call gives, with their stars."""
    parameters = list(inspect.signature(function).parameters.values())
    parameters = [p for p in parameters if p.name not in ("self", "cls")]
    places = [p.name for p in parameters if p.kind not in _STARS]
    stars = {p.kind: p.name for p in parameters if p.kind in _STARS}
    bound: set[str] = set()
    for at, given in enumerate(call.args):
        if at < len(places) and not isinstance(given, ast.Starred):
            bound.add(places[at])
        elif inspect.Parameter.VAR_POSITIONAL in stars:
            bound.add("*" + stars[inspect.Parameter.VAR_POSITIONAL])
    for keyword in call.keywords:
        if keyword.arg in places:
            bound.add(keyword.arg)
        elif inspect.Parameter.VAR_KEYWORD in stars:
            bound.add("**" + stars[inspect.Parameter.VAR_KEYWORD])
    return bound
