"""The command line as `python -m stochcalc`, for where the script `stochcalc` is not installed."""

import sys

from stochcalc.cli import main

sys.exit(main())
