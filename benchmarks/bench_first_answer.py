"""How long does a user wait for the first answer?

CPU seconds of fresh processes, all threads together, the minimum of five: of the imports; of the
first equation, another one, and another scheme, on caches that are empty ("cold") and in the next
process ("warm"), where everything compiled lies on disk; and of what `stochcalc verify --twins`
compiles. SciPy's import, which Numba's first compilation waits for, is counted apart from the first
equation. With another checkout in STOCHCALC_BENCH_BEFORE the two run in turn, and the ratios count.
"""

from __future__ import annotations

from benchmarks.fresh import BEFORE, NOW, Marks, checkouts, cold_and_warm
from benchmarks.measure import Figure, at_most, report
from benchmarks.sizes import TINY, size

ROUNDS = size(5, 1)

IMPORTS = """
import json, time
start = time.process_time()
{statements}
print(json.dumps({{"import": time.process_time() - start}}))
"""
IMPORTED = {  # the last two names are imported when they are asked for
    "import numba": "import numba",
    "import stochcalc": "import stochcalc",
    "import stochcalc, SDE and solve": "import stochcalc; stochcalc.SDE, stochcalc.solve",
}

SOLVES = """
import json, time
import stochcalc as sc
sc.SDE, sc.solve
try:
    from stochcalc.engine.compiler.pointers import compilations
except ImportError:  # a checkout from before there was a cache
    compilations = lambda: 0
marks = {}
start = time.process_time()
import scipy.linalg  # Numba imports it at its first compilation; imports are counted apart
marks["SciPy"] = time.process_time() - start

def timed(name, sde, method="euler_maruyama"):
    start = time.process_time()
    sc.solve(sde, 1.0, 1.0, n=100, paths=1000, method=method, save="last", key=1, workers=1)
    marks[name] = time.process_time() - start

growth = sc.SDE(
    lambda t, x, a, b: a * x,
    lambda t, x, a, b: b * x,
    diffusion_dx=lambda t, x, a, b: b,
    args=(0.1, 0.2),
)
decay = sc.SDE(lambda t, x, a, b: a - x, lambda t, x, a, b: b, args=(0.1, 0.2))
timed("first equation", growth)
timed("another equation", decay)
timed("another scheme", growth, "milstein")
marks["compiled"] = compilations()
print(json.dumps(marks))
"""

# Compiling is the time under Numba's lock for compilers, or in the function that makes object code.
VERIFY = """
import contextlib, io, json, threading, time
from numba.core import event

class Compiling(event.Listener):
    def __init__(self):
        self.seconds, self.here = 0.0, threading.local()

    def on_start(self, event=None):
        self.here.depth = getattr(self.here, "depth", 0) + 1
        if self.here.depth == 1:
            self.here.start = time.thread_time()

    def on_end(self, event=None):
        self.here.depth -= 1
        if self.here.depth == 0:
            self.seconds += time.thread_time() - self.here.start

listener = Compiling()
event.register("numba:compiler_lock", listener)
try:
    from stochcalc.engine.compiler import pointers
except ImportError:  # a checkout from before there was a cache
    pointers = None

def timed(emit, *arguments):
    listener.on_start()
    try:
        return emit(*arguments)
    finally:
        listener.on_end()

if pointers is not None:
    own = pointers.emit
    pointers.emit = lambda *arguments: timed(own, *arguments)

from stochcalc.cli import main

with contextlib.redirect_stdout(io.StringIO()):
    status = main({arguments})
assert status in (0, 3), status  # none refuted; with few paths some are undecided
compiled = 0 if pointers is None else pointers.compilations()
marks = {{"compiling": listener.seconds, "all": time.process_time(), "compiled": compiled}}
print(json.dumps(marks))
"""


def of_before(found: dict[tuple[str, str], Marks], state: str, what: str, limit: float) -> Figure:
    """Return a figure of this checkout over the same of the one before."""
    ratio = found[NOW, state][what] / found[BEFORE, state][what]
    return at_most(f"{state}, {what}: now over before", ratio, limit)


def measured(benchmark, script: str, rounds: int) -> dict[tuple[str, str], Marks]:
    """Run a script, as the one round that pytest-benchmark sees."""
    found = []
    benchmark.pedantic(lambda: found.append(cold_and_warm(script, rounds)), rounds=1, iterations=1)
    return found[0]


def seconds(found: dict[tuple[str, str], Marks], what: str) -> list[Figure]:
    """Return a figure for each checkout and state."""
    unit = "seconds" if what == "wall" else "CPU seconds"
    return [
        Figure(f"{state}, {what}: {unit} {name}", marks[what])
        for (name, state), marks in found.items()
    ]


def test_to_import_it_costs_little_more_than_to_import_numba(benchmark):
    found = {}

    def measure_all() -> None:
        for what, statements in IMPORTED.items():
            found[what] = cold_and_warm(IMPORTS.format(statements=statements), ROUNDS)

    benchmark.pedantic(measure_all, rounds=1, iterations=1)
    numba = found["import numba"][NOW, "warm"]["import"]
    figures = [Figure("import numba: CPU seconds", numba)]
    for what in ("import stochcalc", "import stochcalc, SDE and solve"):
        over = f"{what}, over import numba"
        ratio = found[what][NOW, "warm"]["import"] / numba
        if what == "import stochcalc":
            figures.append(at_most(over, ratio, 1.3, 1.15))
        else:
            figures.append(Figure(over, ratio))
        for name in checkouts():
            spent = found[what][name, "warm"]["import"]
            figures.append(Figure(f"{what}: CPU seconds {name}", spent))
    report(benchmark, "Import", None, figures)


def test_the_first_answers_of_a_process(benchmark):
    found = measured(benchmark, SOLVES, ROUNDS)
    figures = [
        at_most("warm: functions compiled", found[NOW, "warm"]["compiled"], 0, timed=False),
        Figure("cold: functions compiled", found[NOW, "cold"]["compiled"]),
        at_most(
            "a block step from disk: CPU seconds", found[NOW, "warm"]["another equation"], 0.020
        ),
    ]
    if BEFORE in checkouts():
        figures += [
            of_before(found, "cold", "first equation", 1 / 2),
            of_before(found, "warm", "first equation", 1 / 6),
            of_before(found, "cold", "another equation", 1 / 3),
            of_before(found, "cold", "another scheme", 1 / 3),
        ]
    for what in ("SciPy", "first equation", "another equation", "another scheme"):
        figures += seconds(found, what)
    report(benchmark, "First answers", None, figures)


def test_what_the_catalogue_compiles(benchmark):
    arguments = ["verify", "G01", "--paths", "2048"] if TINY else ["verify", "--twins"]
    found = measured(benchmark, VERIFY.format(arguments=arguments), 1)
    warm = found[NOW, "warm"]
    figures = [
        at_most("warm: functions compiled", warm["compiled"], 0, timed=False),
        at_most("warm, compiling: CPU seconds", warm["compiling"], 1.0),
    ]
    if BEFORE in checkouts():
        figures += [
            of_before(found, "cold", "compiling", 1 / 4),
            of_before(found, "cold", "wall", 0.6),
            of_before(found, "warm", "wall", 0.5),
        ]
    for what in ("compiling", "all", "wall"):
        figures += seconds(found, what)
    report(benchmark, "verify --twins", None, figures)
