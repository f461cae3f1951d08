"""`python -m stochcalc`."""

import sys

from stochcalc.cli import main

sys.exit(main())
