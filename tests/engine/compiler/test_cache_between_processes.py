"""What processes leave for each other: nothing is compiled twice, and nothing wrong is served.

Another process may have another CPU or another source, or write at the same time.
"""

from __future__ import annotations

import os
import platform
import shutil

import pytest
from fresh_process import ROOT, finish, start, words_of

from stochcalc.engine.compiler import store

PRINT = """
import hashlib
import math
import stochcalc as sc
from stochcalc.engine.compiler.pointers import compilations, loads

{}
print(hashlib.sha256(b"".join(a.tobytes() for a in found)).hexdigest(), compilations(), loads())
"""
SHORT = """
sde = sc.SDE(lambda t, x: -0.7 * x, lambda t, x: 0.3 * math.exp(-x))
found = [sc.solve(sde, 1.0, 1.0, n=4, paths=300, rng=7).x, sc.brownian(n=3, rng=7).values]
"""
LONG = """
sde = sc.SDE(lambda t, x: -x, lambda t, x: math.sin(x), lam=0.5, diffusion_dx="central")
W = sc.brownian(n=3, paths=2, dim=3, rng=7)
found = [
    sc.solve(sde, 1.0, 1.0, n=4, paths=300, rng=7, method="milstein").x,
    sc.solve(sde, 1.0, 1.0, n=4, paths=300, rng=7, method="srs2").x,
    W.refine(2).values,
    sc.ito(lambda t, w: w, sc.brownian(n=5, rng=1)),
    sc.strong_convergence(sde, 1.0, 1.0, levels=(2, 3), paths=2048, rng=7).error["euler_maruyama"],
]
"""


def answer(calls, root=ROOT, **environment):
    """(SHA-256 of what the calls found, functions compiled, functions loaded) in a new process."""
    bits, compiled, loaded = words_of(PRINT.format(calls), root, **environment)
    return bits, int(compiled), int(loaded)


@pytest.fixture(scope="module")
def right():
    """The bits of the short calls without any cache."""
    bits, compiled, loaded = answer(SHORT, STOCHCALC_CACHE="0")
    assert compiled > 3 and loaded == 0
    return bits


@pytest.fixture
def kept(tmp_path):
    """The setting that moves the cache to a folder of its own."""
    return {"STOCHCALC_CACHE": str(tmp_path / "kept")}


def names(kept):
    return set(os.listdir(kept["STOCHCALC_CACHE"]))


def test_a_new_process_compiles_nothing_that_is_known(kept):
    bits, compiled, _ = answer(LONG, **kept)
    assert compiled > 10 and len(names(kept)) == compiled
    assert answer(LONG, **kept) == (bits, 0, compiled)


def another_cpu():
    """A name of a CPU whose code runs here, and which is not the one compiled for."""
    is_intel = platform.machine().lower() in ("x86_64", "amd64")
    if is_intel and os.environ.get("NUMBA_CPU_NAME") != "haswell":
        return "haswell"
    return "generic"


@pytest.mark.nightly
def test_another_cpu_has_files_of_its_own_and_the_same_bits(kept, right):
    _, compiled, _ = answer(SHORT, **kept)
    ours = names(kept)
    assert answer(SHORT, **kept, NUMBA_CPU_NAME=another_cpu()) == (right, compiled, 0)
    assert names(kept) > ours and len(names(kept)) == 2 * len(ours)
    assert answer(SHORT, **kept) == (right, 0, compiled)


def test_two_processes_that_write_at_once_are_both_right_and_leave_whole_files(
    kept, right, monkeypatch
):
    racing = [start(PRINT.format(SHORT), **kept) for _ in range(2)]
    for process in racing:
        assert finish(process)[0] == right
    monkeypatch.setenv("STOCHCALC_CACHE", kept["STOCHCALC_CACHE"])
    for path in store.list_files():
        assert path.suffix == store.SUFFIX and store.read(path.stem), path
    assert answer(SHORT, **kept)[:2] == (right, 0)


@pytest.fixture
def copy(tmp_path):
    """A copy of the package, to be edited."""
    ignored = shutil.ignore_patterns("__pycache__")
    shutil.copytree(ROOT / "stochcalc", tmp_path / "copy" / "stochcalc", ignore=ignored)
    return tmp_path / "copy"


def edit(copy, file, old, new):
    path = copy / "stochcalc" / file
    source = path.read_text()
    assert source.count(old) == 1
    path.write_text(source.replace(old, new))


EDITS = [
    ("motion/drawn.py", "x[i, lane] += dW[i, lane]", "x[i, lane] += 2.0 * dW[i, lane]"),
    ("engine/elementary/exponential.py", "4.16666666666666", "4.16666666676666"),
]


def test_an_edited_source_is_never_served_stale(kept, copy, right):
    bits, compiled, _ = answer(SHORT, copy, **kept)
    found = [bits]
    for file, old, new in EDITS:
        edit(copy, file, old, new)
        found.append(answer(SHORT, copy, **kept)[0])
        edit(copy, file, new, old)
    assert found[0] == right and len(set(found)) == 3
    edit(copy, *EDITS[0])
    assert answer(SHORT, copy, STOCHCALC_CACHE="0")[0] == found[1]
    edit(copy, EDITS[0][0], EDITS[0][2], EDITS[0][1])
    assert answer(SHORT, copy, **kept) == (right, 0, compiled)


def test_a_source_that_is_edited_while_it_runs_keeps_nothing_under_the_new_name(kept, copy, right):
    while_it_runs = """
sc.solve, sc.brownian  # imported now
file = open("stochcalc/motion/drawn.py", "a")
file.write("STEPS = 2")
file.close()
"""
    assert answer(while_it_runs + SHORT, copy, **kept)[0] == right
    assert not os.path.exists(kept["STOCHCALC_CACHE"])


def test_a_package_behind_a_link_is_known_as_the_package(kept, tmp_path, right):
    link = tmp_path / "link"
    link.symlink_to(ROOT, target_is_directory=True)
    for place in (link, link / "tests" / ".."):
        assert answer(SHORT, place, **kept)[0] == right
