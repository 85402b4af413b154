"""``python -m stripchart.cli``."""

import sys

from stripchart.cli import main

sys.exit(main())
