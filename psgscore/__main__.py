"""``python -m psgscore``."""

import sys

from psgscore.cli import main

sys.exit(main())
