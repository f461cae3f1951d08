"""Write the formulas of the package as MathML: `python gallery/site/formulas.py`.

The LaTeX of all claims, models and kinds of equations is converted by math-core (extra `docs`) and
kept in `stochcalc/display/formulas.json`, so that nobody who reads them needs that package. Run it
after a formula was changed; a test finds a file that is out of date.
"""

from __future__ import annotations

import json
import sys

from stochcalc.claims import CLAIMS
from stochcalc.display.equations import list_equations
from stochcalc.display.formulas import FILE, convert
from stochcalc.models.formulas import list_formulas


def collect() -> list[str]:
    """Return every formula that a result or a report shows, in LaTeX."""
    claims = [claim.formula for claim in CLAIMS.values() if claim.formula]
    return sorted({*claims, *list_equations(), *list_formulas()})


def convert_all() -> str:
    """Return the contents of the file."""
    formulas = {latex: convert(latex) for latex in collect()}
    wrong = [latex for latex, mathml in formulas.items() if mathml is None]
    if wrong:
        raise ValueError(f"math-core (extra docs) is missing, or cannot set {wrong}")
    return json.dumps(formulas, indent=0, ensure_ascii=False) + "\n"


if __name__ == "__main__":
    FILE.write_text(convert_all(), encoding="utf-8")
    sys.stdout.write(f"{len(collect())} formulas written to {FILE}\n")
