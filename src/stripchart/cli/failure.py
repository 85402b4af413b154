"""How a command ends badly."""

from __future__ import annotations

DONE, PROBLEM, WRONG_USE = 0, 1, 2


class Failure(Exception):
    """End a command with one line on stderr and an exit code."""

    def __init__(self, message: str, code: int = PROBLEM) -> None:
        super().__init__(message)
        self.code = code
