"""Bad equations: the user's slip is named, with the value, before anything is compiled."""

from __future__ import annotations

import math

import numpy as np
import pytest
from refusals import (
    refused_before_anything_is_compiled,
    wrong_type,
    wrong_type_or_value,
    wrong_value,
)
from small_equations import drift, one, pair, solve_number

import stochcalc as sc

nan = math.nan
inf = math.inf
generator = np.random.default_rng(0)


W = sc.brownian(n=4, paths=2, key=1, store=False)
W2 = sc.brownian(n=4, paths=2, dim=2, key=1, store=False)
SDE = sc.SDE(drift, one)
GBM = sc.models.gbm(0.1, 0.2)


CASES = {
    # SDE
    "SDE: drift a number": wrong_type(lambda: sc.SDE(3.0, one), r"drift=3\.0"),
    "SDE: drift text": wrong_type(lambda: sc.SDE("-x", one), r"drift='-x'"),
    "SDE: drift built in": wrong_type(
        lambda: sc.SDE(math.sin, one), r"drift=<built-in function sin>"
    ),
    "SDE: diffusion None": wrong_type(lambda: sc.SDE(drift, None), r"diffusion=None"),
    "SDE: noise unknown": wrong_value(lambda: sc.SDE(drift, one, noise="white"), r"noise='white'"),
    "SDE: noise a motion": wrong_value(lambda: sc.SDE(drift, one, noise=W), r"noise=BrownianPaths"),
    "SDE: lam out of range": wrong_value(lambda: sc.SDE(drift, one, lam=2), r"lam=2"),
    "SDE: lam text": wrong_type(lambda: sc.SDE(drift, one, lam="ito"), r"lam='ito'"),
    "SDE: args a number": wrong_type(
        lambda: sc.SDE(drift, one, args=3.0), r"args=3\.0.*args=\(3,\)"
    ),
    "SDE: args a list": wrong_type(lambda: sc.SDE(drift, one, args=[1.0]), r"args=\[1\.0\]"),
    "SDE: args nan": wrong_value(lambda: sc.SDE(drift, one, args=(1.0, nan)), r"args\[1\]=nan"),
    "SDE: args array nan": wrong_value(
        lambda: sc.SDE(drift, one, args=(np.array([1.0, nan]),)), r"args\[0\].*nan"
    ),
    "SDE: args text": wrong_type(lambda: sc.SDE(drift, one, args=("a",)), r"args\[0\]='a'"),
    "SDE: drift_dx": wrong_type(lambda: sc.SDE(drift, one, drift_dx=-1.0), r"drift_dx=-1\.0"),
    "SDE: diffusion_dx": wrong_type(
        lambda: sc.SDE(drift, one, diffusion_dx=2.0), r"diffusion_dx=2\.0"
    ),
    "SDE: diffusion_dx zero": wrong_type(
        lambda: sc.SDE(drift, one, diffusion_dx=0.0), r"diffusion_dx=0\.0"
    ),
    "SDE.to: out of range": wrong_value(lambda: SDE.to(1.5), r"lam=1\.5"),
    "SDE.to: text": wrong_type(lambda: SDE.to("stratonovich"), r"lam='stratonovich'"),
    "SDE.to: no derivative": wrong_value(lambda: SDE.to(0.5), r"lam=0 to lam=0\.5 .*diffusion_dx"),
    "SDE.to: kind": wrong_value(
        lambda: sc.SDE(drift, one, noise="general", lam=0.5).to_ito(),
        r"lam=0\.5 to lam=0 .*'central'",
    ),
    # solve: its own arguments
    "solve: a function": wrong_type(lambda: sc.solve(drift, 1.0, 1.0, n=4), r"sde=<function drift"),
    "solve: swapped": wrong_type(lambda: sc.solve(1.0, SDE, 1.0, n=4), r"sde=1\.0"),
    "solve: T negative": wrong_value(lambda: solve_number(T=-1.0), r"T=-1"),
    "solve: T nan": wrong_value(lambda: solve_number(T=nan), r"T=nan"),
    "solve: T before t0": wrong_value(lambda: solve_number(t0=2.0), r"T=1\.0 .*t0=2\.0"),
    "solve: n zero": wrong_value(lambda: solve_number(n=0), r"n=0"),
    "solve: n a step size": wrong_type(lambda: solve_number(n=0.01), r"n=0\.01"),
    "solve: paths": wrong_value(lambda: solve_number(paths=0), r"paths=0"),
    "solve: paths a float": wrong_type(
        lambda: solve_number(paths=1e3), r"paths=1000\.0.*write paths=1000"
    ),
    "solve: method unknown": wrong_value(
        lambda: solve_number(method="euler"), r"method='euler'.*'euler_maruyama'"
    ),
    "solve: method a function": wrong_value(
        lambda: solve_number(method=drift), r"method=<function drift"
    ),
    "solve: save unknown": wrong_value(lambda: solve_number(save="some"), r"save='some'.*'stats'"),
    "solve: save outside": wrong_value(
        lambda: solve_number(save=[0.5, 2.0]), r"save=2\.0 .*\[0\.0, 1\.0\]"
    ),
    "solve: save falling": wrong_value(lambda: solve_number(save=[0.5, 0.25]), r"save\[1\]=0\.25"),
    "solve: save nan": wrong_value(lambda: solve_number(save=[nan]), r"save\[0\]=nan"),
    "solve: save None": wrong_type(lambda: solve_number(save=None), r"save .*None|save=None"),
    "solve: save off the motion's grid": wrong_value(
        lambda: sc.solve(SDE, 1.0, noise=W, save=[0.3], method="sriw1"), r"save=0\.3.*sriw1"
    ),
    "solve: on_nonfinite": wrong_value(
        lambda: solve_number(on_nonfinite="ignore"), r"on_nonfinite='ignore'"
    ),
    "solve: noise an array": wrong_type(
        lambda: sc.solve(SDE, 1.0, noise=np.zeros(5)), r"noise=array"
    ),
    "solve: noise and T": wrong_value(lambda: sc.solve(SDE, 1.0, 1.0, noise=W), r"noise=.*T=1\.0"),
    "solve: noise and n": wrong_value(lambda: sc.solve(SDE, 1.0, n=4, noise=W), r"noise=.*n=4"),
    "solve: noise and paths": wrong_value(lambda: sc.solve(SDE, 1.0, noise=W, paths=7), r"paths=7"),
    "solve: noise and t0": wrong_value(lambda: sc.solve(SDE, 1.0, noise=W, t0=0.5), r"t0=0\.5"),
    "solve: noise and rng": wrong_value(
        lambda: sc.solve(SDE, 1.0, noise=W, rng=1), r"noise=.*rng=1"
    ),
    "solve: noise's size": wrong_value(
        lambda: sc.solve(SDE, 1.0, noise=W2), r"noise has dim=2 .*needs 1"
    ),
    "solve: rng negative": wrong_value(lambda: solve_number(rng=-1), r"rng=-1"),
    "solve: key": wrong_value(lambda: solve_number(key=2**64), r"key=18446744073709551616"),
    "solve: workers": wrong_value(lambda: solve_number(workers=0), r"workers=0"),
    "solve: executor": wrong_type(lambda: solve_number(executor="pool"), r"executor='pool'"),
    "solve: memory": wrong_value(
        lambda: solve_number(n=10**6, paths=10**9), r"solution .*bytes.*save=\"stats\""
    ),
    "solve: x0 text": wrong_type(lambda: solve_number(x0="a"), r"x0 .*U1"),
    "solve: x0 nan": wrong_value(lambda: solve_number(x0=nan), r"x0\[0\]=nan"),
    "solve: x0 empty": wrong_value(lambda: solve_number(x0=[]), r"x0 .*\(0,\)"),
    "solve: x0 a table": wrong_value(
        lambda: solve_number(x0=np.ones((2, 3))), r"x0 has shape \(2, 3\)"
    ),
    "solve: starts": wrong_type(lambda: solve_number(starts="yes"), r"starts='yes'"),
    "solve: too few starts": wrong_value(
        lambda: solve_number(x0=[1.0, 2.0], starts=True, paths=3), r"x0 has shape \(2,\).*\(3,\)"
    ),
    # solve: what the functions do
    "drift: list": wrong_value(
        lambda: solve_number(lambda t, x: [x[1], x[0]], pair, [1.0, 2.0]),
        r"drift\(.*returned \[2\.0, 1\.0\].*tuple",
    ),
    "drift: array": wrong_value(
        lambda: solve_number(lambda t, x: np.ones(2), pair, [1.0, 2.0]),
        r"drift\(.*returned array.*tuple",
    ),
    "drift: too long": wrong_value(
        lambda: solve_number(lambda t, x: (1.0, 1.0, 1.0), pair, [1.0, 2.0]),
        r"drift\(.*returned 3 values.*2",
    ),
    "drift: tuple for a number": wrong_value(
        lambda: solve_number(lambda t, x: (x,)), r"drift\(0, 1\) returned \(1\.0,\)"
    ),
    "drift: number for a system": wrong_value(
        lambda: solve_number(one, pair, [1.0, 2.0]), r"drift\(.*returned 1"
    ),
    "drift: None": wrong_value(
        lambda: solve_number(lambda t, x: None), r"drift\(0, 1\) returned None"
    ),
    "drift: bool": wrong_value(
        lambda: solve_number(lambda t, x: x > 0), r"drift\(0, 1\) returned True"
    ),
    "drift: complex": wrong_value(
        lambda: solve_number(lambda t, x: 1j * x), r"drift\(0, 1\) returned 1j"
    ),
    "drift: swapped": wrong_value(lambda: solve_number(lambda x, t: -x), r"drift\(x, t\).*swapped"),
    "drift: one argument": wrong_type(
        lambda: solve_number(lambda x: -x), r"drift\(x\) is called as drift\(t, x"
    ),
    "drift: too many arguments": wrong_type(
        lambda: solve_number(lambda t, x, k: -k * x), r"drift\(t, x, k\) .*0 extra"
    ),
    "drift: random": wrong_value(
        lambda: solve_number(lambda t, x: generator.normal()), r"drift\(0, 1\) returned .*pure"
    ),
    "drift: infinite at the start": wrong_value(
        lambda: solve_number(lambda t, x: inf * x), r"drift\(0, 1\) = inf"
    ),
    "drift: nan at the start": wrong_value(
        lambda: solve_number(lambda t, x: (nan, 1.0), pair, [1.0, 2.0]), r"drift\(.*nan.*not finite"
    ),
    "diffusion: random": wrong_value(
        lambda: solve_number(b=lambda t, x: generator.normal()),
        r"diffusion\(0, 1\) returned .*pure",
    ),
    "diffusion: nan": wrong_value(
        lambda: solve_number(b=lambda t, x: nan), r"diffusion\(0, 1\) = nan"
    ),
    "diffusion: short": wrong_value(
        lambda: solve_number(pair, lambda t, x: (1.0,), [1.0, 2.0]),
        r"diffusion\(.*returned 1 values.*2",
    ),
    "diffusion: no rows": wrong_value(
        lambda: solve_number(pair, pair, [1.0, 2.0], "general"),
        r"diffusion\(.*returned 2 inside .*rows",
    ),
    "diffusion: ragged": wrong_value(
        lambda: solve_number(pair, lambda t, x: ((1.0, 2.0), (1.0,)), [1.0, 2.0], "general"),
        r"diffusion\(.*returned \(1\.0,\) inside its tuple",
    ),
    "diffusion: rows without need": wrong_value(
        lambda: solve_number(pair, lambda t, x: ((1.0,), (1.0,)), [1.0, 2.0]),
        r"diffusion returns rows .*noise='diagonal'.*noise='general'",
    ),
    "diffusion: additive on x": wrong_value(
        lambda: solve_number(b=lambda t, x: x, noise="additive"), r"diffusion.*additive"
    ),
    "general noise for a number": wrong_value(
        lambda: solve_number(noise="general"), r"noise='general'.*x0=1"
    ),
    "a scalar model with two starts": wrong_type_or_value(
        lambda: sc.solve(GBM, [1.0, 2.0], 1.0, n=4), r"(drift|x0).*\[?\(?1\.0, 2\.0"
    ),
}


@pytest.mark.parametrize("case", CASES)
def test_a_bad_equation_is_refused_by_name_and_value_before_anything_is_compiled(case):
    refused_before_anything_is_compiled(CASES[case])


def test_a_slip_inside_the_drift_is_the_users_own_traceback():
    with pytest.raises(NameError, match="sigmaa"):
        solve_number(lambda t, x: sigmaa * x)  # noqa: F821
    with pytest.raises(ZeroDivisionError):
        solve_number(lambda t, x: 1.0 / (x - 1.0))
