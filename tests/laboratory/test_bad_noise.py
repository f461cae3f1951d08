"""Bad claims about noise, and schemes that do not fit it: named before anything is compiled."""

from __future__ import annotations

import math

import numpy as np
import pytest
from refusals import refused, wrong_type, wrong_value
from small_equations import pair, solve_pair

import stochcalc as sc
from stochcalc.engine.compiler.pointers import compilations
from stochcalc.methods.theta import theta_method

nan = math.nan
GBM = sc.models.gbm(0.1, 0.2)


MATRIX = lambda t, x: ((x[1], 0.0), (0.0, x[0]))
ADDITIVE = lambda t, x: ((1.0, 0.0), (0.0, 1.0))
W1 = sc.brownian(n=4, paths=2, key=1, store=False)
CORRELATED = sc.brownian(n=4, dim=2, correlation=[[1, 0.5], [0.5, 1]], key=1, store=False)
ROTATING = lambda t, x: ((0.3 * x[0], -0.4 * x[1]), (0.3 * x[1], 0.4 * x[0]))
W2 = sc.brownian(n=4, paths=2, dim=2, key=1, store=False)
CASES = {
    # noise that is not what it is declared to be
    "diagonal on another state": wrong_value(
        lambda: solve_pair(lambda t, x: (x[1], 1.0)), r"diffusion\[0\] depends on x\[1\].*'general'"
    ),
    "diagonal, second entry": wrong_value(
        lambda: solve_pair(lambda t, x: (1.0, x[0] + x[1])), r"diffusion\[1\] depends on x\[0\]"
    ),
    "additive on x": wrong_value(
        lambda: solve_pair(lambda t, x: (x[0], 1.0), "additive"),
        r"noise='additive' allows no dependence on x",
    ),
    "additive rows on x": wrong_value(lambda: solve_pair(MATRIX, "additive"), r"noise='additive'"),
    "commuting that does not": wrong_value(
        lambda: solve_pair(MATRIX, "commuting"), r"noises 0 and 1 do not commute.*'general'"
    ),
    "general for a number": wrong_value(
        lambda: solve_pair(lambda t, x: 1.0, "general", 1.0, lambda t, x: -x),
        r"'general' needs a system",
    ),
    # derivatives
    "diffusion_dx wrong": wrong_value(
        lambda: solve_pair(
            lambda t, x: 0.5 * x * x,
            x0=1.0,
            a=lambda t, x: -x,
            method="milstein",
            diffusion_dx=lambda t, x: 0.5 * x,
        ),
        r"diffusion_dx\(0, 1\.0\) = 0\.5.*slope .* 1 ",
    ),
    "drift_dx wrong": wrong_value(
        lambda: solve_pair(
            lambda t, x: 0.5,
            x0=1.0,
            a=lambda t, x: -x,
            method="theta",
            noise="additive",
            drift_dx=lambda t, x: 1.0,
        ),
        r"drift_dx\(0, 1\.0\) = 1.*slope of drift is -1",
    ),
    "diffusion_dx transposed": wrong_value(
        lambda: solve_pair(
            lambda t, x: (x[1], 0.3), "scalar", diffusion_dx=lambda t, x: ((0.0, 0.0), (1.0, 0.0))
        ),
        r"diffusion_dx\(.*\[0\]\[1\] = 0",
    ),
    "diffusion_dx of another shape": wrong_value(
        lambda: solve_pair(
            lambda t, x: (x[0], 0.3), method="milstein", diffusion_dx=lambda t, x: 1.0
        ),
        r"diffusion_dx\(.*returned 1: .*tuple of 2",
    ),
    "diffusion_dx by another name": wrong_value(
        lambda: sc.SDE(pair, pair, diffusion_dx="forward"), r"diffusion_dx='forward'"
    ),
    "drift_dx by another name": wrong_value(
        lambda: sc.SDE(pair, pair, drift_dx="auto"), r"drift_dx='auto'.*'central'"
    ),
    "milstein without diffusion_dx": wrong_value(
        lambda: solve_pair(lambda t, x: (x[0], 0.3), method="milstein"),
        r"milstein needs diffusion_dx=.*'central'",
    ),
    "theta without drift_dx": wrong_value(
        lambda: solve_pair(lambda t, x: (x[0], 0.3), method="theta"),
        r"theta needs drift_dx=.*'central'",
    ),
    "heun without diffusion_dx": wrong_value(
        lambda: solve_pair(lambda t, x: (x[0], 0.3), method="heun"), r"lam=0 to lam=0\.5.*_dx"
    ),
    "to_ito of general noise": wrong_value(
        lambda: sc.SDE(pair, MATRIX, noise="general", lam=1.0).to_ito(), r"lam=1 to lam=0"
    ),
    # schemes that do not fit
    "sra1 on diagonal noise": wrong_value(
        lambda: solve_pair(lambda t, x: (x[0], 0.3), method="sra1"),
        r"sra1 has no theorem for diagonal noise: use method='euler_maruyama'.*noise='additive'",
    ),
    "sriw1 on general noise": wrong_value(
        lambda: solve_pair(MATRIX, "general", method="sriw1"), r"sriw1 .*general noise.*'sri2'"
    ),
    "milstein on general noise": wrong_value(
        lambda: solve_pair(MATRIX, "general", method="milstein"),
        r"milstein .*general noise.*'sri2'",
    ),
    "milstein_free on additive": wrong_value(
        lambda: solve_pair(ADDITIVE, "additive", method="milstein_free"),
        r"milstein_free .*additive",
    ),
    "exact without a model": wrong_value(
        lambda: solve_pair(lambda t, x: (x[0], 0.3), method="exact"),
        r"method='exact' needs a model",
    ),
    "exact where there is no path": wrong_value(
        lambda: sc.solve(sc.models.cubic(1.0), 1.0, 1.0, n=4, method="exact"), r"'exact'"
    ),
    "areas of a correlated motion": wrong_value(
        lambda: sc.solve(
            sc.SDE(pair, MATRIX, noise="general"), (1.0, 2.0), method="sri2", noise=CORRELATED
        ),
        r"sri2 needs independent components.*correlation into the diffusion",
    ),
    "products of a correlated motion": wrong_value(
        lambda: sc.solve(
            sc.SDE(pair, ROTATING, noise="commuting", diffusion_dx="central"),
            (1.0, 2.0),
            method="milstein",
            noise=CORRELATED,
        ),
        r"milstein needs independent components",
    ),
    "another reading along a correlated motion": wrong_value(
        lambda: sc.solve(
            sc.SDE(pair, ROTATING, noise="commuting", diffusion_dx="central"),
            (1.0, 2.0),
            method="heun",
            noise=CORRELATED,
        ),
        r"heun reads the equation with lam=0\.5, and from lam=0 .*correlated",
    ),
    "exact path along a correlated motion": wrong_value(
        lambda: sc.models.linear_commuting(0.1, 0.0, 0.2, 0.0, 0.3, 0.0).exact(
            CORRELATED, (1.0, 0.0)
        ),
        r"linear_commuting needs independent components",
    ),
    "areas of a coarsened motion": wrong_value(
        lambda: sc.solve(
            sc.SDE(pair, MATRIX, noise="general"), (1.0, 2.0), method="sri2", noise=W2.coarsen(2)
        ),
        r"sri2 takes more .*refined or coarsened",
    ),
    "I10 of a refined motion": wrong_value(
        lambda: sc.solve(GBM, 1.0, noise=W1.refine(2), method="sriw1"),
        r"sriw1 takes more .*draw it on this grid",
    ),
    "theta above 1": wrong_value(lambda: theta_method(1.5), r"theta=1\.5"),
    "theta text": wrong_type(lambda: theta_method("half"), r"theta='half'"),
    "a scalar model with two starts": wrong_value(
        lambda: sc.solve(GBM, (1.0, 2.0), 1.0, n=4), r"x0=\[1\.0, 2\.0\].*gbm starts"
    ),
    "a system model with one": wrong_value(
        lambda: sc.solve(sc.models.lorenz(), 1.0, 1.0, n=4), r"x0=1\.0.*lorenz starts from 3"
    ),
}


@pytest.mark.parametrize("case", CASES)
def test_a_bad_study_is_refused_by_name_and_value_before_anything_is_compiled(case):
    before = compilations()
    refused(CASES[case])
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
        assert np.isfinite(solve_pair(b, noise, save="last").x).all()
    steep = sc.SDE(
        lambda t, x: -x, lambda t, x: math.sqrt(x), diffusion_dx=lambda t, x: 0.5 / math.sqrt(x)
    )
    # A slope too steep for difference quotients.
    assert sc.solve(steep, 1e-4, 1e-6, n=1, method="milstein").nonfinite == 0


def test_a_function_outside_its_domain_beside_the_start_refuses_nothing():
    """math.sqrt raises ValueError there, as our own refusals do."""
    arch = sc.SDE(
        lambda t, x: -x,
        lambda t, x: math.sqrt(1.0 - x * x),
        diffusion_dx=lambda t, x: -x / math.sqrt(1.0 - x * x),
    )
    assert np.isfinite(sc.solve(arch, 0.95, 1e-6, n=1, method="milstein").x).all()
