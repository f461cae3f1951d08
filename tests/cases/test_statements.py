"""Sentences of the text that were once wrong, as a kind: bounds, rates, symbols and accusations."""

import re
import warnings

import numpy as np
import pytest
from architecture import ROOT

import stochcalc as sc

TEXTS = {
    str(path.relative_to(ROOT)): path.read_text(encoding="utf-8")
    for folder in ("stochcalc", "gallery", ".github")
    for suffix in ("*.py", "*.md")
    for path in (ROOT / folder).rglob(suffix)
}
TEXTS["README.md"] = (ROOT / "README.md").read_text(encoding="utf-8")


def grows(model, x, h):
    """Whether 200 steps of Euler-Maruyama with next to no noise leave the finite range."""
    with warnings.catch_warnings():
        warnings.simplefilter("ignore", RuntimeWarning)
        found = sc.solve(model, x, 200 * h, n=200, save="last", key=1)
    return found.nonfinite == 1


@pytest.mark.parametrize("h", [0.5, 0.1])
def test_euler_maruyama_grows_in_the_double_well_beyond_the_bound_of_its_docstring(h):
    bound = np.sqrt(1 + 2 / h)
    text = " ".join(sc.models.double_well.__doc__.split())
    assert "grows beyond `|x| = sqrt(1 + 2/h)`" in text
    model = sc.models.double_well(1e-9)
    assert not grows(model, 0.999 * bound, h)
    assert grows(model, 1.001 * bound, h)


@pytest.mark.parametrize("h", [0.5, 0.1])
def test_the_bound_of_the_cubic_drift_is_another(h):
    bound = np.sqrt(2 / h)
    model = sc.models.cubic(1e-9)
    assert not grows(model, 0.999 * bound, h)
    assert grows(model, 1.001 * bound, h)


ACCUSATION = re.compile(
    r"(some|many|most|other) (notes|books|authors|texts|papers) (print|say|claim|differ|have|get)"
    r"|books differ|it is often claimed",
    re.IGNORECASE,
)


def test_nobody_is_accused_without_a_name():
    accused = [name for name, text in TEXTS.items() if ACCUSATION.search(text)]
    assert accused == []
    assert ACCUSATION.search("Some notes print a minus; that chain diverges.")


@pytest.mark.parametrize(
    "symbol", ["T", "n, h", "lambda", "a, b", "mu, sigma", "kappa", "alpha", "eta", "tau", "Q, R"]
)
def test_the_table_of_symbols_has_what_the_claims_use(symbol):
    import stochcalc.claims

    assert re.search(rf"^    {symbol} +\S", stochcalc.claims.__doc__, re.MULTILINE)


def test_the_drift_of_the_stability_claim_is_not_called_lambda():
    assert "lambda" not in sc.CLAIMS["G25"].proof and "a X dt + b X dW" in sc.CLAIMS["G25"].proof


@pytest.mark.parametrize(
    "id, once",
    [
        ("G02", "of the path"),
        ("G04", "only power with a limit"),
        ("G08", "mostly"),
        ("G06", "again and again"),
        ("G27", "triple exponential"),
    ],
)
def test_a_title_or_a_proof_no_longer_says_what_is_false(id, once):
    claim = sc.CLAIMS[id]
    assert once not in f"{claim.title} {' '.join(claim.proof.split())}"
