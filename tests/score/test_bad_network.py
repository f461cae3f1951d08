"""Bad trainings of a network: the slip is named, with the value and the remedy."""

import dataclasses
import math
import subprocess
import sys
from pathlib import Path

import numpy as np
import pytest
from networks import DATA, QUICK, untrained
from refusals import refused, wrong_type, wrong_value

from stochcalc.score import train_network

ROOT = Path(__file__).resolve().parents[2]


def test_importing_the_scores_imports_neither_torch_nor_scikit_learn():
    modules = "sys, stochcalc, stochcalc.score, stochcalc.score.digits, stochcalc.cli"
    code = f"import {modules}; print(*sys.modules)"
    done = subprocess.run(
        [sys.executable, "-c", code], cwd=ROOT, capture_output=True, text=True, check=True
    )
    assert not {"torch", "sklearn"} & set(done.stdout.split())


@pytest.mark.parametrize(
    "call",
    [lambda: train_network(DATA, **QUICK), lambda: untrained().score(DATA, 1.0)],
    ids=["train_network", "score"],
)
def test_without_torch_the_error_says_what_to_install(call, monkeypatch):
    monkeypatch.setitem(sys.modules, "torch", None)
    with pytest.raises(
        ModuleNotFoundError, match=r'needs PyTorch: pip install "stochcalc\[torch\]"'
    ):
        call()


IMAGES = np.full((3, 64), 0.5)
CASES = {
    "data: text": wrong_type(lambda: train_network(["a"]), "data has dtype"),
    "data: nan": wrong_value(lambda: train_network([[math.nan]]), r"data\[0, 0\]=nan"),
    "data: one dimension": wrong_value(lambda: train_network([1.0, 2.0]), r"data has shape \(2,\)"),
    "data: all alike": wrong_value(
        lambda: train_network(np.ones((5, 2))), "deviation of 0: give points that differ"
    ),
    "kind": wrong_value(
        lambda: train_network(DATA, kind="tree"), "kind='tree' must be one of 'mlp', 'conv'"
    ),
    "conv: points": wrong_value(
        lambda: train_network(DATA, kind="conv"), r"data has shape \(500, 2\).*8 x 8"
    ),
    "conv: pixels": wrong_value(
        lambda: train_network(16 * IMAGES, kind="conv"), r"data lie in \[8, 8\].*rescale"
    ),
    "sigmas: order": wrong_value(
        lambda: train_network(DATA, sigmas=(2.0, 1.0)),
        r"sigmas=\[2\.0, 1\.0\] must be the smallest",
    ),
    "sigmas: three": wrong_value(
        lambda: train_network(DATA, sigmas=(1.0, 2.0, 3.0)), "give \\(low, high\\)"
    ),
    "steps": wrong_value(lambda: train_network(DATA, steps=0), "steps=0 must be at least 1"),
    "batch": wrong_type(
        lambda: train_network(DATA, batch=1.0), "batch=1.0 must be an integer: write batch=1"
    ),
    "lr": wrong_value(lambda: train_network(DATA, lr=-1.0), r"lr=-1\.0 must be greater than 0"),
    "seed": wrong_value(lambda: train_network(DATA, seed=-1), "seed=-1 must be at least 0"),
    "checkpoint: type": wrong_type(
        lambda: train_network(DATA, checkpoint=3), "checkpoint=3 must be the name of a file"
    ),
    "checkpoint: folder": wrong_value(
        lambda: train_network(DATA, checkpoint="/"), "checkpoint='/' is a folder"
    ),
    "checkpoint: nowhere": wrong_value(
        lambda: train_network(DATA, checkpoint="/no/a"), "checkpoint='/no/a' lies in no folder"
    ),
    "save": wrong_value(lambda: untrained().save("/no/a"), "path='/no/a' lies in no folder"),
}


@pytest.mark.parametrize("case", CASES)
def test_bad_input_is_refused_by_name_and_value(case):
    refused(CASES[case])


def test_a_score_is_asked_for_where_it_was_trained(torch):
    for call, kind, pattern in (
        (
            lambda: untrained().score(DATA, 0.05),
            ValueError,
            r"sigma=0\.05 was not trained, only 0\.1 to 10",
        ),
        (
            lambda: untrained().score(DATA[:, :1], 1.0),
            ValueError,
            r"x has shape \(500, 1\): give \(n, 2\)",
        ),
        (lambda: untrained().score(DATA, "1"), TypeError, "sigma='1' must be a real number"),
    ):
        with pytest.raises(kind, match=pattern):
            call()
    assert untrained().score(DATA, 10.0).dtype == np.float64


def test_a_learning_rate_that_is_too_large_is_named_when_the_loss_overflows(torch):
    with pytest.raises(
        FloatingPointError,
        match=r"loss is (nan|inf) at step \d+, with lr=1e\+20: take a smaller lr",
    ):
        train_network(DATA, **QUICK, lr=1e20)


@pytest.mark.parametrize("sigmas", [(2.0, 1.0), (0.0, 1.0), (1.0, 1.0), (1.0,), (-1.0, 1.0)])
def test_a_network_of_no_range_of_noise_is_refused(sigmas):
    good = untrained()
    assert type(good.sigmas) is tuple
    with pytest.raises(ValueError, match=r"sigmas=.*the smallest and the largest noise"):
        dataclasses.replace(good, sigmas=sigmas)
