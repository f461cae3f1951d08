"""Bad questions of double integrals: the slip is named before anything is compiled."""

from __future__ import annotations

import numpy as np
import pytest
from refusals import bad, refused_before_anything_is_compiled

import stochcalc as sc
from stochcalc.integrals.area_errors import levy_area_terms
from stochcalc.integrals.levy_areas import double_integrals

V, T = ValueError, TypeError
W1, W2 = (sc.brownian(n=4, paths=2, dim=m, key=1, store=False) for m in (1, 2))
TIED = sc.brownian(n=4, dim=2, correlation=[[1.0, 0.5], [0.5, 1.0]], key=1, store=False)
HUGE = sc.brownian(n=10**7, paths=10**7, dim=2, key=1, store=False)
BAD = {
    "an array": bad(lambda: double_integrals(np.zeros((2, 4, 2))), T, r"W=array"),
    "one component": bad(lambda: double_integrals(W1), V, r"W has dim=1: 2 components"),
    "refined": bad(
        lambda: double_integrals(W2.refine(2)),
        V,
        r"W was refined or coarsened.*draw it on this grid",
    ),
    "correlated": bad(lambda: double_integrals(TIED), V, r"W has correlated components.*L I L\^T"),
    "memory": bad(
        lambda: double_integrals(HUGE), V, r"double integrals .*bytes.*fewer paths or steps"
    ),
    "lam": bad(lambda: double_integrals(W2, lam=2.0), V, r"lam=2\.0"),
    "method": bad(
        lambda: double_integrals(W2, method="milstein"), V, r"method='milstein'.*'wiktorsson'"
    ),
    "error and terms": bad(
        lambda: double_integrals(W2, error=0.1, terms=2), V, r"error=0\.1 and terms=2"
    ),
    "terms a float": bad(lambda: double_integrals(W2, terms=2.0), T, r"terms=2\.0.*write terms=2"),
    "terms too many": bad(
        lambda: double_integrals(W2, terms=10**7), V, r"terms=10000000 must be at most 4194303"
    ),
    "error zero": bad(
        lambda: double_integrals(W2, error=0.0), V, r"error=0\.0 must be greater than 0"
    ),
    "error tiny": bad(
        lambda: double_integrals(W2, error=1e-12),
        V,
        r"error=1e-12 on steps of h=0\.25 .*allow a larger error",
    ),
    "workers": bad(lambda: double_integrals(W2, workers=0), V, r"workers=0"),
    "terms: h": bad(lambda: levy_area_terms(0.1, -1.0), V, r"h=-1\.0"),
    "terms: dim": bad(lambda: levy_area_terms(0.1, 1.0, 1), V, r"dim=1 must be at least 2"),
    "terms: method": bad(lambda: levy_area_terms(0.1, 1.0, 2, 3), V, r"method=3"),
}


@pytest.mark.parametrize("case", BAD)
def test_bad_input_is_refused_by_name_and_value_before_anything_is_compiled(case):
    refused_before_anything_is_compiled(BAD[case])
