"""``ui`` and ``server``."""

from __future__ import annotations

import argparse
import logging
import sys
from dataclasses import replace

from stripchart import settings
from stripchart.cli.failure import DONE, Failure
from stripchart.server.serving import ServeError, Wish, serve


def ui(arguments: argparse.Namespace) -> int:
    """Serve the home and show the page; another port will do unless one was asked for, and so will a running server."""
    return _serve(arguments, Wish(any_port=True, browser=not arguments.no_browser))


def server(arguments: argparse.Namespace) -> int:
    """Serve the home; where that is done already it fails, so that whoever starts it does not wait for its end."""
    return _serve(arguments, Wish(other_server=False))


def _serve(arguments: argparse.Namespace, wish: Wish) -> int:
    loaded = settings.load(home=arguments.home, host=arguments.host, port=arguments.port)
    default = settings.Settings.__dataclass_fields__["port"].default
    asked_for = arguments.port is not None or loaded.port != default
    logging.basicConfig(
        stream=sys.stderr, level=logging.WARNING, format="%(levelname)s %(name)s: %(message)s"
    )
    try:
        serve(loaded, replace(wish, any_port=wish.any_port and not asked_for))
    except ServeError as error:
        raise Failure(str(error)) from None
    return DONE
