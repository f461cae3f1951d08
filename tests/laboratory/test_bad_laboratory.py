"""Bad studies, schemes and claims about noise: named, with the value and the remedy, before
anything is compiled.
"""

from __future__ import annotations

import copy
import math

import numpy as np
import pytest

import stochcalc as sc
from stochcalc.engine.compiler.pointers import compilations
from stochcalc.engine.functions.assemble import CannotCompile
from stochcalc.methods import Method
from stochcalc.methods.theta import theta_method

nan, T, V = math.nan, TypeError, ValueError
GBM, OU = sc.models.gbm(0.1, 0.2), sc.models.ou(2.0, 0.5, 1.0)


def pair(t, x):
    return x[1], -x[0]


def first(x):
    return x


def solve(b, noise="diagonal", x0=(1.0, 2.0), a=pair, method="euler_maruyama", **options):
    known = {
        name: options.pop(name)
        for name in ("lam", "drift_dx", "diffusion_dx", "vectorized")
        if name in options
    }
    return sc.solve(sc.SDE(a, b, noise=noise, **known), x0, 1.0, n=4, method=method, **options)


def strong(**options):
    return sc.strong_convergence(GBM, 1.0, 1.0, **options)


def weak(**options):
    return sc.weak_convergence(GBM, 1.0, 1.0, **({"test": first} | options))


def method(**facts):
    good = {
        "strong_order": {"diagonal": 0.5},
        "weak_order": {"diagonal": 1.0},
        "calculus": 0.0,
        "reference": "...",
    }
    return Method("mine", lambda a, b, t, x, dt, dW, args: x, **(good | facts))


def mlmc(**options):
    return sc.mlmc(GBM, 1.0, 1.0, **({"test": first, "target": 0.01} | options))


MATRIX = lambda t, x: ((x[1], 0.0), (0.0, x[0]))
ADDITIVE = lambda t, x: ((1.0, 0.0), (0.0, 1.0))
W1 = sc.brownian(n=4, paths=2, key=1, store=False)
CORRELATED = sc.brownian(n=4, dim=2, correlation=[[1, 0.5], [0.5, 1]], key=1, store=False)
ROTATING = lambda t, x: ((0.3 * x[0], -0.4 * x[1]), (0.3 * x[1], 0.4 * x[0]))
ARRAYS = sc.SDE(lambda t, x: -x, lambda t, x: x, vectorized=True)
W2 = sc.brownian(n=4, paths=2, dim=2, key=1, store=False)
CASES = {
    # noise that is not what it is declared to be
    "diagonal on another state": (
        lambda: solve(lambda t, x: (x[1], 1.0)),
        V,
        r"diffusion\[0\] depends on x\[1\].*'general'",
    ),
    "diagonal, second entry": (
        lambda: solve(lambda t, x: (1.0, x[0] + x[1])),
        V,
        r"diffusion\[1\] depends on x\[0\]",
    ),
    "additive on x": (
        lambda: solve(lambda t, x: (x[0], 1.0), "additive"),
        V,
        r"noise='additive' allows no dependence on x",
    ),
    "additive rows on x": (lambda: solve(MATRIX, "additive"), V, r"noise='additive'"),
    "commuting that does not": (
        lambda: solve(MATRIX, "commuting"),
        V,
        r"noises 0 and 1 do not commute.*'general'",
    ),
    "general for a number": (
        lambda: solve(lambda t, x: 1.0, "general", 1.0, lambda t, x: -x),
        V,
        r"'general' needs a system",
    ),
    # derivatives
    "diffusion_dx wrong": (
        lambda: solve(
            lambda t, x: 0.5 * x * x,
            x0=1.0,
            a=lambda t, x: -x,
            method="milstein",
            diffusion_dx=lambda t, x: 0.5 * x,
        ),
        V,
        r"diffusion_dx\(0, 1\.0\) = 0\.5.*slope .* 1 ",
    ),
    "drift_dx wrong": (
        lambda: solve(
            lambda t, x: 0.5,
            x0=1.0,
            a=lambda t, x: -x,
            method="theta",
            noise="additive",
            drift_dx=lambda t, x: 1.0,
        ),
        V,
        r"drift_dx\(0, 1\.0\) = 1.*slope of drift is -1",
    ),
    "diffusion_dx transposed": (
        lambda: solve(
            lambda t, x: (x[1], 0.3), "scalar", diffusion_dx=lambda t, x: ((0.0, 0.0), (1.0, 0.0))
        ),
        V,
        r"diffusion_dx\(.*\[0\]\[1\] = 0",
    ),
    "diffusion_dx of another shape": (
        lambda: solve(lambda t, x: (x[0], 0.3), method="milstein", diffusion_dx=lambda t, x: 1.0),
        V,
        r"diffusion_dx\(.*returned 1: .*tuple of 2",
    ),
    "diffusion_dx by another name": (
        lambda: sc.SDE(pair, pair, diffusion_dx="forward"),
        V,
        r"diffusion_dx='forward'",
    ),
    "drift_dx by another name": (
        lambda: sc.SDE(pair, pair, drift_dx="auto"),
        V,
        r"drift_dx='auto'.*'central'",
    ),
    "milstein without diffusion_dx": (
        lambda: solve(lambda t, x: (x[0], 0.3), method="milstein"),
        V,
        r"milstein needs diffusion_dx=.*'central'",
    ),
    "theta without drift_dx": (
        lambda: solve(lambda t, x: (x[0], 0.3), method="theta"),
        V,
        r"theta needs drift_dx=.*'central'",
    ),
    "heun without diffusion_dx": (
        lambda: solve(lambda t, x: (x[0], 0.3), method="heun"),
        V,
        r"lam=0 to lam=0\.5.*_dx",
    ),
    "to_ito of general noise": (
        lambda: sc.SDE(pair, MATRIX, noise="general", lam=1.0).to_ito(),
        V,
        r"lam=1 to lam=0",
    ),
    # schemes that do not fit
    "sra1 on diagonal noise": (
        lambda: solve(lambda t, x: (x[0], 0.3), method="sra1"),
        V,
        r"sra1 has no theorem for diagonal noise: use method='euler_maruyama'",
    ),
    "sriw1 on general noise": (
        lambda: solve(MATRIX, "general", method="sriw1"),
        V,
        r"sriw1 .*general noise.*'sri2'",
    ),
    "milstein on general noise": (
        lambda: solve(MATRIX, "general", method="milstein"),
        V,
        r"milstein .*general noise.*'sri2'",
    ),
    "milstein_free on additive": (
        lambda: solve(ADDITIVE, "additive", method="milstein_free"),
        V,
        r"milstein_free .*additive",
    ),
    "exact without a model": (
        lambda: solve(lambda t, x: (x[0], 0.3), method="exact"),
        V,
        r"method='exact' needs a model",
    ),
    "exact where there is no path": (
        lambda: sc.solve(sc.models.cubic(1.0), 1.0, 1.0, n=4, method="exact"),
        V,
        r"'exact'",
    ),
    "areas of a correlated motion": (
        lambda: sc.solve(
            sc.SDE(pair, MATRIX, noise="general"), (1.0, 2.0), method="sri2", noise=CORRELATED
        ),
        V,
        r"sri2 needs independent components.*correlation into the diffusion",
    ),
    "products of a correlated motion": (
        lambda: sc.solve(
            sc.SDE(pair, ROTATING, noise="commuting", diffusion_dx="central"),
            (1.0, 2.0),
            method="milstein",
            noise=CORRELATED,
        ),
        V,
        r"milstein needs independent components",
    ),
    "another reading along a correlated motion": (
        lambda: sc.solve(
            sc.SDE(pair, ROTATING, noise="commuting", diffusion_dx="central"),
            (1.0, 2.0),
            method="heun",
            noise=CORRELATED,
        ),
        V,
        r"heun reads the equation with lam=0\.5, and from lam=0 .*correlated",
    ),
    "exact path along a correlated motion": (
        lambda: sc.models.linear_commuting(0.1, 0.0, 0.2, 0.0, 0.3, 0.0).exact(
            CORRELATED, (1.0, 0.0)
        ),
        V,
        r"linear_commuting needs independent components",
    ),
    "areas of a coarsened motion": (
        lambda: sc.solve(
            sc.SDE(pair, MATRIX, noise="general"), (1.0, 2.0), method="sri2", noise=W2.coarsen(2)
        ),
        V,
        r"sri2 takes more .*refined or coarsened",
    ),
    "I10 of a refined motion": (
        lambda: sc.solve(GBM, 1.0, noise=W1.refine(2), method="sriw1"),
        V,
        r"sriw1 takes more .*draw it on this grid",
    ),
    "theta above 1": (lambda: theta_method(1.5), V, r"theta=1\.5"),
    "theta text": (lambda: theta_method("half"), T, r"theta='half'"),
    "a scalar model with two starts": (
        lambda: sc.solve(GBM, (1.0, 2.0), 1.0, n=4),
        V,
        r"x0=\[1\.0, 2\.0\].*gbm starts",
    ),
    "a system model with one": (
        lambda: sc.solve(sc.models.lorenz(), 1.0, 1.0, n=4),
        V,
        r"x0=1\.0.*lorenz starts from 3",
    ),
    # vectorized, target_stderr
    "vectorized no flag": (lambda: sc.SDE(pair, pair, vectorized=1), T, r"vectorized=1"),
    "vectorized wrong shape": (
        lambda: solve(lambda t, x: x, a=lambda t, x: x[0], vectorized=True),
        V,
        r"drift\(.*returned 1",
    ),
    "target_stderr zero": (
        lambda: sc.solve(GBM, 1.0, 1.0, n=4, target_stderr=0.0),
        V,
        r"target_stderr=0",
    ),
    "target_stderr nan": (
        lambda: sc.solve(GBM, 1.0, 1.0, n=4, target_stderr=nan),
        V,
        r"target_stderr=nan",
    ),
    "target_stderr and noise": (
        lambda: sc.solve(GBM, 1.0, noise=W1, target_stderr=0.1),
        V,
        r"target_stderr=0\.1.*noise=",
    ),
    "target_stderr and starts": (
        lambda: sc.solve(GBM, [1.0], 1.0, n=4, starts=True, target_stderr=0.1),
        V,
        r"starts=True",
    ),
    # schemes of one's own
    "Method: noise": (
        lambda: method(strong_order={"white": 0.5}),
        V,
        r"strong_order of 'mine' has 'white'.*'scalar'",
    ),
    "Method: weak order left out": (
        lambda: method(weak_order={}),
        V,
        r"strong_order of 'mine' has \['diagonal'\] and weak_order \[\]",
    ),
    "Method: calculus": (lambda: method(calculus="ito"), V, r"calculus='ito' of 'mine'"),
    "Method: calculus above 1": (lambda: method(calculus=2.0), V, r"calculus=2\.0 of 'mine'"),
    "Method: drivers": (lambda: method(drivers=("dw",)), V, r"drivers of 'mine' has 'dw'.*'dW'"),
    "Method: functions": (
        lambda: method(functions=("drift", "sigma")),
        V,
        r"functions of 'mine' has 'sigma'",
    ),
    # studies
    "strong: methods a number": (lambda: strong(methods=3), T, r"methods=3 must be a method"),
    "strong: too fine": (
        lambda: strong(levels=(3, 30), reference="finest", finer=12),
        V,
        r"2\*\*42 steps, 12 levels .*levels= and finer=",
    ),
    "strong: exact steps that do not merge": (
        lambda: sc.strong_convergence(OU, 1.0, 1.0, methods="exact"),
        V,
        r"'exact'.*ou draws a normal that coarser levels do not share",
    ),
    "strong: arrays": (
        lambda: sc.strong_convergence(ARRAYS, 1.0, 1.0),
        V,
        r"vectorized=True runs in NumPy",
    ),
    "mlmc: arrays": (
        lambda: sc.mlmc(ARRAYS, 1.0, 1.0, test=first, target=0.1),
        V,
        r"vectorized=True runs in NumPy",
    ),
    "strong: unknown method": (lambda: strong(methods=["euler"]), V, r"methods='euler'"),
    "strong: twice": (lambda: strong(methods=["heun", "heun"]), V, r"names one twice"),
    "strong: none": (lambda: strong(methods=[]), V, r"methods=\[\] names no method"),
    "strong: reference": (lambda: strong(reference="best"), V, r"reference='best'"),
    "strong: finer": (lambda: strong(reference="finest", finer=0), V, r"finer=0"),
    "strong: exact unknown": (
        lambda: sc.strong_convergence(sc.models.cubic(1.0), 1.0, 1.0, reference="exact"),
        V,
        r"reference='exact' needs a model",
    ),
    "strong: paths": (lambda: strong(paths=100), V, r"at least 2048 paths"),
    "strong: levels": (lambda: strong(levels=(5, 4)), V, r"levels=\[5, 4\]"),
    "weak: test a number": (lambda: weak(test=3.0), T, r"test=3\.0"),
    "weak: test with t": (
        lambda: weak(test=lambda t, x: x),
        T,
        r"test\(t, x\) is called as test\(x\)",
    ),
    "weak: test a tuple": (
        lambda: weak(test=lambda x: (x, x)),
        V,
        r"test\(1\) returned \(1\.0, 1\.0\)",
    ),
    "weak: test nan": (lambda: weak(test=lambda x: nan), V, r"test\(1\) = nan"),
    "weak: reference finest": (lambda: weak(reference="finest"), V, r"reference='finest'"),
    "weak: T": (lambda: sc.weak_convergence(GBM, 1.0, -1.0, test=first), V, r"T=-1"),
    "mlmc: target": (lambda: mlmc(target=0.0), V, r"target=0"),
    "mlmc: coarsest": (lambda: mlmc(coarsest=-1), V, r"coarsest=-1"),
    "mlmc: coarsest too fine": (lambda: mlmc(coarsest=40), V, r"coarsest=40"),
    "mlmc: method": (lambda: mlmc(method="sra1"), V, r"sra1 has no theorem"),
    "mlmc: test": (lambda: mlmc(test=None), T, r"test=None"),
    "mlmc: an array of starts": (
        lambda: sc.mlmc(GBM, [[1.0]], 1.0, test=first, target=0.1),
        V,
        r"x0 has shape \(1, 1\)",
    ),
    "mlmc: no sde": (
        lambda: sc.mlmc(first, 1.0, 1.0, test=first, target=0.1),
        T,
        r"sde=<function first",
    ),
}


@pytest.mark.parametrize("case", CASES)
def test_a_bad_study_is_refused_by_name_and_value_before_anything_is_compiled(case):
    call, kind, message = CASES[case]
    before = compilations()
    with pytest.raises(kind, match=message):
        call()
    assert compilations() == before


def test_good_noise_passes_the_probes_that_refuse_bad_noise():
    """The negative control: the same equations, declared as what they are."""
    for b, noise in (
        (lambda t, x: (x[0], 0.3), "diagonal"),
        (lambda t, x: (x[1], x[0]), "scalar"),
        (ADDITIVE, "additive"),
        (MATRIX, "general"),
        (lambda t, x: ((x[0], 2 * x[0]), (x[1], 2 * x[1])), "commuting"),
    ):
        assert np.isfinite(solve(b, noise, save="last").x).all()
    steep = sc.SDE(
        lambda t, x: -x, lambda t, x: math.sqrt(x), diffusion_dx=lambda t, x: 0.5 / math.sqrt(x)
    )
    assert (
        sc.solve(steep, 1e-4, 1e-6, n=1, method="milstein").nonfinite == 0
    )  # a slope too steep for difference quotients


def test_a_function_outside_its_domain_beside_the_start_refuses_nothing():
    """math.sqrt raises ValueError there, as our own refusals do."""
    arch = sc.SDE(
        lambda t, x: -x,
        lambda t, x: math.sqrt(1.0 - x * x),
        diffusion_dx=lambda t, x: -x / math.sqrt(1.0 - x * x),
    )
    assert np.isfinite(sc.solve(arch, 0.95, 1e-6, n=1, method="milstein").x).all()


def test_a_refusal_to_compile_survives_the_way_between_processes():
    error = copy.copy(CannotCompile("cannot compile f", "write it for floats"))
    assert (
        str(error) == "cannot compile f ... write it for floats"
        and error.remedy == "write it for floats"
    )
