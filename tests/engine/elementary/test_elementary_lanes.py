"""Own elementary functions in a loop over lanes: packed instructions, rare arguments, and the same
bits on every CPU.
"""

from __future__ import annotations

import hashlib
import math
import os
import platform
import subprocess
import sys

import llvmlite.binding
import numba
import numpy as np
import pytest
from assembly import of_dispatcher

from stochcalc.engine.compiler.intrinsics import fma
from stochcalc.engine.compiler.jit import leaf
from stochcalc.engine.elementary import OWN

LANES = 256
LEAVES = {function.__name__: function for function in OWN.values()}
TWO_ARGUMENTS = ("pow", "atan2", "hypot")
X86 = platform.machine().lower() in ("x86_64", "amd64")
FEATURES = llvmlite.binding.get_host_cpu_features()


def kernel_of(function, arguments: int = 1):
    """A compiled loop over 256 lanes with the function inside: kernel(x, out), or kernel(x, y,
    out).
    """
    if arguments == 2:

        @numba.njit(error_model="numpy")
        def kernel(x, y, out):
            for lane in range(LANES):
                out[lane] = function(x[lane], y[lane])
    else:

        @numba.njit(error_model="numpy")
        def kernel(x, out):
            for lane in range(LANES):
                out[lane] = function(x[lane])

    return kernel


def bits(values: np.ndarray) -> str:
    """One digest of all bits, every nan counting as the same."""
    return hashlib.sha256(np.where(np.isnan(values), math.nan, values).tobytes()).hexdigest()


def digest_of_all() -> str:
    """The bits of every function at 1024 arguments of all sizes, and at the ends of the range."""
    place = np.modf(0.6180339887498949 * np.arange(1, 1013))[0]
    sizes = np.ldexp(1 + place, np.arange(-1070, 1010, 2080 // 1012 or 1)[:1012])
    ends = np.array(
        [
            0.0,
            -0.0,
            5e-324,
            2.2250738585072014e-308,
            1.7976931348623157e308,
            -1.0,
            1.0,
            709.7,
            2.0**45,
            1e22,
        ]
    )
    x = np.concatenate(
        [sizes[::3], 4 * place[: 1012 - sizes[::3].size] - 2, ends, [math.inf, math.nan]]
    )
    out, parts = np.empty(LANES), []
    for name in sorted(LEAVES):
        arguments = 2 if name in TWO_ARGUMENTS else 1
        kernel = kernel_of(LEAVES[name], arguments)
        for block in x.reshape(4, LANES):
            kernel(*((block, np.roll(x, 77)[:LANES].copy()) if arguments == 2 else (block,)), out)
            parts.append(bits(out))
    return hashlib.sha256("".join(parts).encode()).hexdigest()


@pytest.mark.parametrize("name", LEAVES)
def test_a_loop_over_lanes_is_made_of_packed_instructions(name):
    arguments = 2 if name in TWO_ARGUMENTS else 1
    kernel = kernel_of(LEAVES[name], arguments)
    kernel(*[np.linspace(0.1, 0.9, LANES)] * arguments, np.empty(LANES))
    if name == "fabs":  # without AVX its instruction is the same for one number and for two
        assert of_dispatcher(kernel).packed >= (1 if FEATURES.get("avx") else 0)
    else:
        assert of_dispatcher(kernel).packed >= (1 if name == "sqrt" else 10)


def test_the_count_of_packed_instructions_sees_a_branch():
    @leaf
    def branching(x):
        while x > 1.0:
            x = math.log(x)
        return fma(x, x, 1.0) * x

    kernel = kernel_of(branching)
    kernel(np.linspace(0.1, 0.9, LANES), np.empty(LANES))
    assert of_dispatcher(kernel).packed == 0


@pytest.mark.parametrize("name", ["sin", "cos", "tan"])
def test_one_huge_angle_among_the_lanes_changes_no_other_lane_and_is_itself_reduced_exactly(name):
    function = LEAVES[name]
    kernel, alone = kernel_of(function), numba.njit(error_model="numpy")(lambda x: function(x))
    x = np.linspace(-700.0, 700.0, LANES)
    x[[0, 77, 255]] = 1e22, -(2.0**1000), 2.0**46
    out = np.empty(LANES)
    kernel(x, out)
    assert np.array_equal(out, [alone(value) for value in x])
    assert math.isclose(out[0], getattr(math, name)(1e22), rel_tol=1e-15)


def test_two_angles_in_one_formula_stay_packed_and_correct():
    sin, cos, tan, exp = (LEAVES[name] for name in ("sin", "cos", "tan", "exp"))

    @leaf
    def formula(x):
        return sin(x) * cos(x + sin(x)) + tan(0.5 * x) * exp(-x * x)

    kernel = kernel_of(formula)
    x, out = np.linspace(-3.0, 3.0, LANES), np.empty(LANES)
    kernel(x, out)
    expected = np.sin(x) * np.cos(x + np.sin(x)) + np.tan(0.5 * x) * np.exp(-x * x)
    assert np.allclose(out, expected, rtol=1e-13, atol=1e-15)
    assert of_dispatcher(kernel).packed >= 40


@pytest.mark.skipif(
    not X86, reason="other instruction sets of this machine are chosen by their x86 names"
)
@pytest.mark.parametrize(
    "cpu", [pytest.param("haswell", marks=pytest.mark.nightly), "x86-64"]
)  # AVX2; SSE2 without fma
def test_the_bits_do_not_depend_on_the_instruction_set(cpu, tmp_path):
    if cpu == "haswell" and not FEATURES.get("avx2"):
        pytest.skip("this machine has no AVX2")
    environment = {
        **os.environ,
        "NUMBA_CPU_NAME": cpu,
        "NUMBA_CPU_FEATURES": "",
        "NUMBA_CACHE_DIR": str(tmp_path),
    }
    command = [
        sys.executable,
        "-c",
        "import runpy, sys; print(runpy.run_path(sys.argv[1])['digest_of_all']())",
        __file__,
    ]
    environment["PYTHONPATH"] = os.pathsep.join(sys.path)
    result = subprocess.run(command, env=environment, text=True, capture_output=True, check=True)
    assert result.stdout.strip() == digest_of_all()
