"""Ctrl-C in the middle of an import that a call makes: it waits, since half a library is of no use.

What is imported late is imported when a call needs it. The interrupt comes while a part of the
library is looked for; the next call in the same process is right.
"""

from __future__ import annotations

import pytest
from fresh_process import words_of

SCRIPT = """
import signal, sys
import numpy as np
import stochcalc as sc

signal.signal(signal.SIGINT, signal.default_int_handler)

class Presser:
    # asked for every module that is imported; finds none
    def find_spec(self, name, path=None, target=None):
        if name == "{part}":
            print("pressed")
            signal.raise_signal(signal.SIGINT)

sys.meta_path.insert(0, Presser())
CALLS = {{
    "solve": lambda: sc.solve(sc.models.gbm(0.1, 0.2), 1.0, 1.0, n=2, rng=1).x.shape,
    "rhat": lambda: sc.langevin.sample(lambda x: -x, 0.0, step=0.1, n=20, chains=4, rng=1).rhat,
    "plot": lambda: sc.brownian(n=2, rng=1).plot().lines[0],
    "fractional": lambda: sc.fractional_brownian(0.3, n=2, paths=3, rng=1, workers=1).values,
    "waves": lambda: sc.karhunen_loeve(sc.brownian(n=2, paths=3, rng=1), 1, workers=1),
}}
try:
    CALLS["{call}"]()
except KeyboardInterrupt:
    print("interrupted", "{part}" in sys.modules)
CALLS["{call}"]()
print("done")
"""


@pytest.mark.parametrize(
    "call, part",
    [
        ("solve", "numba.core.typing"),
        ("solve", "stochcalc.engine.registers.vec"),
        ("solve", "numpy.random"),
        ("rhat", "scipy.ndimage._ni_support"),
        ("plot", "matplotlib.cbook"),
        ("plot", "matplotlib.collections"),
        ("fractional", "numpy.fft._pocketfft"),
        ("waves", "scipy.fft._realtransforms"),
    ],
)
def test_an_interrupt_in_the_middle_of_an_import_waits_for_its_end(call, part):
    said = words_of(SCRIPT.format(call=call, part=part), MPLBACKEND="Agg")
    assert said in (["done"], ["pressed", "interrupted", "True", "done"])


def test_the_interrupts_above_do_come_where_libraries_are_as_they_were():
    said = words_of(SCRIPT.format(call="plot", part="matplotlib.collections"), MPLBACKEND="Agg")
    assert said == ["pressed", "interrupted", "True", "done"]
