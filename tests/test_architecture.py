"""The rules of the house hold for the package, and what breaks one of them is found."""

from __future__ import annotations

import subprocess
import sys

import pytest
from architecture import (
    MAX_LINES,
    ROOT,
    banned_names,
    circles,
    compiler_violations,
    cut_summaries,
    layer_violations,
    long_files,
    matplotlib_violations,
    package,
    package_sources,
    python_files,
    unfinished,
    unnamed_files,
)


def test_imports_run_one_way_from_the_command_line_down_to_the_engine():
    assert not layer_violations(package_sources())
    assert not layer_violations(package(engine="", solver="from .engine import x"))
    assert not layer_violations(package(solver="def draw():\n    from .plot import p", plot=""))
    for broken in (
        package(engine="", engine__jit="from ..motion import Partition", motion=""),
        package(motion="def at():\n    from .integrals import ito", integrals=""),
        package(sde="import stochcalc.solver", solver=""),
        package(sde="from stochcalc import solver", solver=""),
        package(motion="from . import __version__"),
        package(solver="from .plot import draw", plot=""),
        package(solver="if True:\n    from . import plot", plot=""),
        package(helpers=""),
    ):
        assert layer_violations(broken), broken


def test_no_circle_of_imports_exists():
    assert not circles(package_sources())
    assert not circles(
        package(sde="from . import integrals", integrals="from . import variation", variation="")
    )
    assert not circles(
        package(brownian="def plot():\n    from . import plot", plot="from . import brownian")
    )
    for broken in (
        package(
            sde="from . import integrals",
            integrals="from .variation import x",
            variation="from . import sde",
        ),
        package(sde="from . import models", models="def f():\n    from .sde import SDE"),
        package(methods="from .euler import e", methods__euler="from . import METHODS"),
        package(
            methods="",
            methods__euler="from .milstein import m",
            methods__milstein="from .euler import e",
        ),
    ):
        assert circles(broken), broken


def test_the_compiler_is_imported_under_the_engine_only():
    assert not compiler_violations(package_sources())
    assert not compiler_violations(package(engine="", engine__jit="import numba"))
    for line in (
        "import numba",
        "from numba import njit",
        "def f():\n    import llvmlite.ir",
        "import numba.core",
    ):
        assert compiler_violations(package(solve=line)), line


def test_matplotlib_is_imported_lazily_and_in_plot_only():
    assert not matplotlib_violations(package_sources())
    assert not matplotlib_violations(package(plot="def f():\n    import matplotlib.pyplot as plt"))
    assert matplotlib_violations(package(plot="import matplotlib.pyplot as plt"))
    assert matplotlib_violations(package(brownian="def plot():\n    from matplotlib import pyplot"))


def test_no_banned_name_stands_in_the_package():
    assert not banned_names(package_sources())


@pytest.mark.parametrize(
    "line",
    [
        "njit(fast" + "math=True)",
        "options = {'fast" + "math': True}",
        "for i in numba.pran" + "ge(3): pass",
        "from numba import pran" + "ge",
        "njit(parallel=True)",
        "options = {'parallel': True}",
        *("y = eval('1')", "exec('y = 1')", "sympy.sympify('x')"),
        *("code = compile('1', 'f', 'eval')", "__import__('os')"),
        *(
            "import pickle",
            "import marshal",
            "from joblib import Memory",
            "def f():\n    import dill as d",
            "import cloudpickle",
            "from numba import cloudpickle",
            "numba.cloudpickle.dumps(f)",
            "import yaml",
        ),
        *("np.load('f', allow_pickle=True)", "np.load('f', allow_pickle=flag)"),
        "np.load('f')",
        *("z = np.random.standard_normal()", "np.random.seed(7)"),
        *("from numpy.random import rand", "from numpy import random"),
    ],
)
def test_a_banned_name_is_found(line):
    assert banned_names({"stochcalc.engine.x": line})
    fine = (
        '"""Never eval, nor fast'
        + 'math."""\nrng = np.random.default_rng(7)\nx = np.load("f", allow_pickle=False)'
    )
    assert not banned_names({"stochcalc.engine.x": fine})


def test_every_file_is_under_300_lines():
    assert not long_files(python_files())
    assert not long_files({"short": "x\n" * (MAX_LINES - 1)})
    assert long_files({"long": "x\n" * MAX_LINES})


def test_every_file_is_named_in_the_reading_order_of_its_chapter():
    assert not unnamed_files(package_sources())
    docstring = '"""Read `grid`, then `schemes/euler`."""'
    whole = package(solver=docstring, solver__grid="", solver__schemes='"""`euler`"""')
    assert not unnamed_files(whole)
    assert not unnamed_files(whole | {"stochcalc.solver.schemes.euler": ""})
    assert not unnamed_files(package(claims='"""`theorems`"""', claims__theorems="", sde=""))
    for broken in (
        package(solver=docstring, solver__solve=""),
        package(solver='"""Read grid."""', solver__grid=""),
        package(solver='"""Read `grids`."""', solver__grid=""),
        package(solver="", solver__grid=""),
        whole | {"stochcalc.solver.schemes.heun": ""},
    ):
        assert unnamed_files(broken), broken


def test_nothing_is_left_marked_as_unfinished():
    assert not unfinished(python_files())
    assert unfinished({"x": "y = 1  # TO" + "DO: think"})
    assert unfinished({"x": "# FIX" + "ME"})


def loaded_by(code: str) -> set[str]:
    """Top-level names and dotted names of all modules in a fresh interpreter after `code`."""
    show = "\nimport sys\nprint('\\n'.join(sys.modules))"
    done = subprocess.run(
        [sys.executable, "-c", code + show], cwd=ROOT, capture_output=True, text=True, check=False
    )
    assert done.returncode == 0, done.stderr
    return set(done.stdout.split())


def test_importing_the_package_pulls_neither_matplotlib_nor_tqdm_nor_scipy_stats():
    heavy = {"matplotlib", "tqdm", "scipy.stats"}
    assert not heavy & loaded_by("import stochcalc")
    assert loaded_by("import scipy.stats") >= {"scipy.stats"}


def test_no_summary_of_a_docstring_ends_inside_a_sentence():
    assert not cut_summaries(python_files())
    assert cut_summaries({"a.py": 'def f():\n    """Rows 0 ..\n\n    n - 1.\n    """'})
    assert cut_summaries({"a.py": 'def f():\n    """The sine of w .\n\n    x.\n    """'})
    assert not cut_summaries({"a.py": 'def f():\n    """Rows 0 .. n - 1."""'})
