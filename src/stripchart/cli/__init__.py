"""The command line: parse, ask, print.

Exit codes: 0 done, 1 not found or a problem found, 2 used wrongly. Errors are one line on stderr. Names and texts
come from tasks that nobody checked: control characters are shown, never sent to the terminal.
"""

from __future__ import annotations

import os
import sys
from collections.abc import Sequence

from stripchart import settings
from stripchart.cli.arguments import make_parser, verbs
from stripchart.cli.failure import DONE, PROBLEM, WRONG_USE, Failure
from stripchart.cli.printing import printable

__all__ = ["main", "make_parser", "verbs"]

INTERRUPTED = 130
_EXTRA = "stripchart[server]"
_OF_THE_SERVER = {"alembic", "duckdb", "granian", "httpx", "litestar", "nanoarrow", "sqlalchemy"}


def main(arguments: Sequence[str] | None = None) -> int:
    """Run one command and return its exit code."""
    parsed = make_parser().parse_args(arguments)
    try:
        code: int = parsed.run(parsed)
        sys.stdout.flush()
        return code
    except BrokenPipeError:  # `stripchart tasks | head`: whoever read has seen enough
        os.dup2(os.open(os.devnull, os.O_WRONLY), sys.stdout.fileno())
        return DONE
    except KeyboardInterrupt:
        return INTERRUPTED
    except Failure as error:
        return _fail(str(error), error.code)
    except settings.SettingsError as error:
        return _fail(str(error), WRONG_USE)
    except ImportError as error:
        if _EXTRA in str(error):
            return _fail(str(error), PROBLEM)
        if (error.name or "").partition(".")[0] not in _OF_THE_SERVER:
            raise
        return _fail(f"{error.name} is missing: pip install '{_EXTRA}'", PROBLEM)
    except OSError as error:
        return _fail(str(error), PROBLEM)


def _fail(message: str, code: int) -> int:
    print(f"stripchart: {printable(message)}", file=sys.stderr)
    return code
