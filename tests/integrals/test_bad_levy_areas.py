"""Bad questions of double integrals: the slip is named before anything is compiled."""

from __future__ import annotations

import numpy as np
import pytest
from refusals import refused_before_anything_is_compiled, wrong_type, wrong_value

import stochcalc as sc
from stochcalc.integrals.area_errors import levy_area_terms
from stochcalc.integrals.levy_areas import double_integrals

W1, W2 = (sc.brownian(n=4, paths=2, dim=m, key=1, store=False) for m in (1, 2))
TIED = sc.brownian(n=4, dim=2, correlation=[[1.0, 0.5], [0.5, 1.0]], key=1, store=False)
HUGE = sc.brownian(n=10**7, paths=10**7, dim=2, key=1, store=False)
BAD = {
    "an array": wrong_type(lambda: double_integrals(np.zeros((2, 4, 2))), r"W=array"),
    "one component": wrong_value(lambda: double_integrals(W1), r"W has dim=1: 2 components"),
    "refined": wrong_value(
        lambda: double_integrals(W2.refine(2)),
        r"W was refined or coarsened.*draw it on this grid",
    ),
    "correlated": wrong_value(
        lambda: double_integrals(TIED), r"W has correlated components.*L I L\^T"
    ),
    "memory": wrong_value(
        lambda: double_integrals(HUGE), r"double integrals .*bytes.*fewer paths or steps"
    ),
    "lam": wrong_value(lambda: double_integrals(W2, lam=2.0), r"lam=2\.0"),
    "method": wrong_value(
        lambda: double_integrals(W2, method="milstein"), r"method='milstein'.*'wiktorsson'"
    ),
    "error and terms": wrong_value(
        lambda: double_integrals(W2, error=0.1, terms=2), r"error=0\.1 and terms=2"
    ),
    "terms a float": wrong_type(
        lambda: double_integrals(W2, terms=2.0), r"terms=2\.0.*write terms=2"
    ),
    "terms too many": wrong_value(
        lambda: double_integrals(W2, terms=10**7), r"terms=10000000 must be at most 4194303"
    ),
    "error zero": wrong_value(
        lambda: double_integrals(W2, error=0.0), r"error=0\.0 must be greater than 0"
    ),
    "error tiny": wrong_value(
        lambda: double_integrals(W2, error=1e-12),
        r"error=1e-12 on steps of h=0\.25 .*allow a larger error",
    ),
    "workers": wrong_value(lambda: double_integrals(W2, workers=0), r"workers=0"),
    "terms: h": wrong_value(lambda: levy_area_terms(0.1, -1.0), r"h=-1\.0"),
    "terms: dim": wrong_value(lambda: levy_area_terms(0.1, 1.0, 1), r"dim=1 must be at least 2"),
    "terms: method": wrong_value(lambda: levy_area_terms(0.1, 1.0, 2, 3), r"method=3"),
}


@pytest.mark.parametrize("case", BAD)
def test_bad_input_is_refused_by_name_and_value_before_anything_is_compiled(case):
    refused_before_anything_is_compiled(BAD[case])
