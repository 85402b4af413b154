"""``python -m stripchart``: the command line."""

import sys

from stripchart.cli import main

sys.exit(main())
