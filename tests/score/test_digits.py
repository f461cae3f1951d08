"""Digits: the measures keep their limits for a trained score, and refuse a Gaussian, noise, and
copies of the data.
"""

import sys

import numpy as np
import pytest
from evidence import assert_same_bits

from stochcalc.cli import main
from stochcalc.score import digit_data, digits, train_network
from stochcalc.score.distances import energies_of_subsets, find_nearest

N = 256


@pytest.fixture(scope="module")
def data():
    pytest.importorskip(
        "sklearn", reason='the digits need scikit-learn: pip install "stochcalc[ml]"'
    )
    return digits.load(N)


@pytest.fixture
def torch():
    return pytest.importorskip("torch", reason='a network needs torch: pip install "stochcalc[ml]"')


def test_without_scikit_learn_the_error_says_what_to_install(monkeypatch, capsys):
    digit_data.load_data.cache_clear()
    monkeypatch.setitem(sys.modules, "sklearn", None)
    monkeypatch.setitem(sys.modules, "sklearn.datasets", None)
    with pytest.raises(
        ModuleNotFoundError, match=r'need scikit-learn: pip install "stochcalc\[ml\]"'
    ):
        digits.load()
    with pytest.raises(SystemExit) as stop:
        main(["sample", "digits"])
    assert stop.value.code == 2 and 'pip install "stochcalc[ml]"' in capsys.readouterr().err


def test_training_and_held_out_digits_share_no_image_and_lie_in_the_unit_interval(data):
    assert data.train.shape == (1437, 64) and data.held.shape == (360, 64)
    both = np.concatenate([data.train, data.held])
    assert both.min() == 0 and both.max() == 1 and len(np.unique(both, axis=0)) == 1797


def test_an_energy_distance_is_zero_between_equal_sets_and_right_between_points():
    a, b = np.array([[0.0, 0.0], [3.0, 4.0]]), np.array([[0.0, 0.0]])
    assert digits.energy_distance(a, a) == 0
    # 2 E|X - Y| = 5, E|X - X'| = 2.5, each point being paired with itself as well.
    assert digits.energy_distance(a, b) == pytest.approx(2.5, rel=1e-12)
    square = np.array([[0.0, 0.0], [0.0, 1.0], [1.0, 0.0], [1.0, 1.0]])
    found = energies_of_subsets(square, a, 2, 20, np.random.default_rng(1))
    rng = np.random.default_rng(1)
    sets = [square[rng.choice(4, 2, replace=False)] for _ in range(20)]
    assert np.allclose(found, [digits.energy_distance(chosen, a) for chosen in sets], atol=1e-12)
    assert np.array_equal(find_nearest(np.array([[1.0, 1.0], [2.0, 3.0]]), a), a)


@pytest.mark.parametrize("seed", range(3))
def test_a_fitted_gaussian_fails_two_measures_but_the_first_only_if_clipped(data, seed):
    points = data.gaussian(N, rng=seed)
    found = data.measure("Gaussian", points)
    assert found.verdicts == (False, False, True) and found.energy > 2.5 and found.confidence < 0.4
    raw = digits.energy_distance(points, data.held) / np.median(
        data.energies
    )  # the reason for clipping
    assert raw < digits.ENERGY


@pytest.mark.parametrize("seed", range(3))
def test_samples_by_the_score_of_the_data_are_copies_and_fail_the_third_measure_alone(data, seed):
    found = data.measure("copies", data.empirical(N, rng=seed))
    assert found.verdicts == (True, True, False) and found.nearest < 1e-6


def test_training_digits_noise_and_blurred_copies_are_measured_for_what_they_are(data):
    rng = np.random.default_rng(1)
    chosen = data.train[rng.choice(len(data.train), N, replace=False)]
    assert data.measure("training digits", chosen).verdicts == (True, True, False)
    noise = data.measure("noise", rng.random((N, 64)))
    assert noise.confidence == 0 and noise.energy > 50 and not noise.passes
    assert not data.measure("blurred", chosen + 0.08 * rng.standard_normal(chosen.shape)).verdicts[
        2
    ]
    with pytest.raises(
        ValueError, match=r"samples are 20 and these measures were made for sets of 256: load\(20\)"
    ):
        data.measure("too few", chosen[:20])


@pytest.mark.nightly
def test_a_short_training_keeps_two_limits_and_beats_the_gaussian_at_the_third(data, torch):
    network = train_network(data.train, kind="conv", steps=800)
    found = data.measure("network, 800 steps", digits.sample(network, N, rng=1))
    assert found.verdicts[0] and found.verdicts[2], found
    assert (
        found.confidence > 0.5 > 0.4 > data.measure("Gaussian", data.gaussian(N, rng=1)).confidence
    )


def test_the_same_seed_gives_the_same_digits(data, torch):
    network = train_network(data.train, kind="conv", steps=2)
    assert_same_bits(
        digits.sample(network, 5, steps=10, rng=3), digits.sample(network, 5, steps=10, rng=3)
    )


@pytest.mark.nightly
@pytest.mark.parametrize("seed", range(2))
def test_the_training_of_the_command_line_keeps_all_three_limits(data, seed, torch):
    network = train_network(data.train, kind="conv", seed=seed)
    for draw in range(3):
        assert data.measure("network", digits.sample(network, N, rng=draw)).passes


def test_a_record_prints_which_limits_it_breaks():
    text = digits.table(
        digits.Measures("mine", 1.0, 0.5, 0.9), digits.Measures("all well", 1.0, 1.0, 1.0)
    )
    assert [line.split() for line in text.splitlines()] == [
        ["energy", "confidence", "nearest"],
        ["limit", "<=", "2.00", ">=", "0.85", ">=", "0.80"],
        ["mine", "1.00", "0.50", "FAIL", "0.90"],
        ["all", "well", "1.00", "1.00", "1.00"],
    ]


def test_the_command_prints_measures_beside_controls_draws_and_goes_on_from_its_checkpoint(
    tmp_path, capsys, data, torch
):
    picture, state = tmp_path / "grid.png", tmp_path / "state"
    command = ["sample", "digits", "--steps", "3", "--samples", "20", "--checkpoint", str(state)]
    assert main([*command, "--out", str(picture)]) == 1  # three steps do not make a digit
    text = capsys.readouterr().out
    assert (
        "network, 3 steps" in text
        and "fitted Gaussian" in text
        and "FAIL" in text
        and "<= 2.00" in text
    )
    assert picture.read_bytes().startswith(b"\x89PNG") and state.exists()
    assert main(command) == 1 and capsys.readouterr().out == text.replace(
        f"drawn to {picture}\n", ""
    )
    for more, words in (
        (["--out", str(picture)], "--force"),
        (["--steps", "4"], "steps=3"),
        (["--checkpoint", "/no/where"], "lies in no folder"),
        (["--samples", "5000"], "1437"),
    ):
        with pytest.raises(SystemExit) as stop:
            main([*command, *more])
        assert stop.value.code == 2 and words in capsys.readouterr().err


@pytest.mark.parametrize(
    "call, pattern",
    [
        (
            lambda data: data.measure("x", np.zeros((3, 63))),
            r"samples have shape \(3, 63\): give \(n, 64\)",
        ),
        (
            lambda data: data.measure("x", np.full((3, 64), np.nan)),
            r"samples\[0, 0\]=nan must be finite",
        ),
        (lambda data: digits.load(2000), "n=2000 must be at most 1437"),
        (lambda data: digits.sample(digits.Empirical(data.train), 0), "n=0 must be at least 1"),
        (lambda data: digits.sample(digits.Empirical(data.train[:, :5]), 3), "dim=5"),
    ],
)
def test_bad_input_is_refused_by_name_and_value(call, pattern, data):
    with pytest.raises(ValueError, match=pattern):
        call(data)
