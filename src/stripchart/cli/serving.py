"""``ui`` and ``server``."""

from __future__ import annotations

import argparse
import logging
import sys

from stripchart import settings
from stripchart.cli.failure import DONE, Failure
from stripchart.server.serving import ServeError, Wish, serve


def ui(arguments: argparse.Namespace) -> int:
    """Serve the home and show the page; another port will do unless one was asked for."""
    return _serve(arguments, browser=not arguments.no_browser, any_port=True)


def server(arguments: argparse.Namespace) -> int:
    """Serve the home."""
    return _serve(arguments, browser=False, any_port=False)


def _serve(arguments: argparse.Namespace, *, browser: bool, any_port: bool) -> int:
    loaded = settings.load(home=arguments.home, host=arguments.host, port=arguments.port)
    default = settings.Settings.__dataclass_fields__["port"].default
    asked_for = arguments.port is not None or loaded.port != default
    logging.basicConfig(
        stream=sys.stderr, level=logging.WARNING, format="%(levelname)s %(name)s: %(message)s"
    )
    try:
        serve(loaded, Wish(any_port=any_port and not asked_for, browser=browser))
    except ServeError as error:
        raise Failure(str(error)) from None
    return DONE
