"""Learned scores: what the net is trained towards, and the same bits after any interruption."""

import math

import numpy as np
import pytest
from evidence import assert_mean, assert_same_bits, must_reject
from networks import DATA, QUICK, TOY, same, untrained

from stochcalc.score import GaussianMixture, ScoreNetwork, archive, nets, train_network, training


def test_a_net_of_zeros_is_the_score_of_a_gaussian(torch):
    network, gauss = untrained(zero=True), GaussianMixture([1.0], [[1.0, 2.0]], 1.5**2 * np.eye(2))
    for sigma in (0.1, 1.0, 10.0):
        np.testing.assert_allclose(network.score(DATA, sigma), gauss.score(DATA, sigma), rtol=1e-12)


def test_the_target_of_training_is_the_denoising_loss_up_to_its_weight(torch):
    # E|F - F*|^2 = (r/S)^2 E|sigma s(x) + z|^2, so a net and its score have one loss. Term by term,
    # for one net and one noise.
    network, sigma = untrained(), 0.7
    z = np.random.default_rng(2).standard_normal(DATA.shape)
    given = training.regression(
        DATA - network.centre, network.scale, np.full((len(DATA), 1), sigma), z
    )
    u, level, target = (torch.from_numpy(value.astype(np.float32)) for value in given)
    p = {name: torch.from_numpy(value) for name, value in network.arrays.items()}
    errors = (nets.KINDS["mlp"].formula(p, u, level) - target).square().sum(dim=1).numpy()
    terms = np.square(sigma * network.score(DATA + sigma * z, sigma) + z).sum(axis=1)
    np.testing.assert_allclose(errors / (1.0 + sigma**2 / network.scale**2), terms, rtol=1e-4)


def test_the_target_has_variance_one_at_every_level(rng_seed):
    rng = np.random.default_rng(rng_seed)
    for sigma in (0.01, 1.0, 100.0):  # data of scale S = 2 about c = 0
        y, z = rng.standard_normal((2, 10_000, 1)) * np.reshape([2.0, 1.0], (2, 1, 1))
        u, _, target = training.regression(y, 2.0, np.full((10_000, 1), sigma), z)
        assert_mean(np.square(u), 1.0, detects=0.2)
        assert_mean(np.square(target), 1.0, detects=0.2)
        with must_reject("the target not divided by r"):
            assert_mean(np.square(target * math.hypot(sigma, 2.0)), 1.0)


def test_a_trained_net_is_near_the_exact_score_at_every_sigma_and_the_linear_part_alone_is_not(
    torch, rng_seed
):
    rng = np.random.default_rng(rng_seed)
    network = train_network(TOY.sample(10_000, rng=rng), sigmas=(0.5, 25.0), steps=1500, seed=4)
    linear = ScoreNetwork(
        "mlp",
        network.centre,
        network.scale,
        network.sigmas,
        {k: 0 * v for k, v in network.arrays.items()},
    )
    for sigma in (1.0, 5.0, 20.0):
        x = TOY.sample(2000, rng=rng) + sigma * rng.standard_normal((2000, 2))
        exact = TOY.score(x, sigma)
        learned, alone = (
            math.sqrt(np.square(one.score(x, sigma) - exact).sum() / np.square(exact).sum())
            for one in (network, linear)
        )
        assert learned < 0.15 and alone > 3 * learned, (sigma, learned, alone)


def test_the_same_seed_gives_the_same_bits_on_any_number_of_threads_and_leaves_torch_as_it_was(
    torch,
):
    before = torch.get_num_threads()
    try:
        torch.set_num_threads(2)
        state = torch.get_rng_state()
        one = train_network(DATA, **QUICK)
        assert torch.get_num_threads() == 2 and not torch.are_deterministic_algorithms_enabled()
        assert_same_bits(state.numpy(), torch.get_rng_state().numpy())
        torch.set_num_threads(1)
        other = train_network(DATA, **QUICK)
    finally:
        torch.set_num_threads(before)
    same(one, other)
    assert repr(one) == "ScoreNetwork(mlp, dim=2, 70,786 numbers, sigma 0.5 to 25)"
    different = train_network(DATA, **{**QUICK, "seed": 4})
    assert not np.array_equal(different.arrays["in.weight"], one.arrays["in.weight"])


class Stop(Exception):
    pass


@pytest.mark.parametrize("kind", ["mlp", "conv"])
def test_training_that_is_stopped_anywhere_goes_on_to_the_same_bits(
    kind, torch, tmp_path, monkeypatch
):
    monkeypatch.setattr(training, "EVERY", 3)
    data = DATA if kind == "mlp" else np.random.default_rng(1).random((20, 64))
    how = {"kind": kind, "steps": 8, "batch": 4, "seed": 5}
    whole = train_network(data, **how, checkpoint=tmp_path / "whole")
    for stop in range(1, 8):

        def progress(done, steps, stop=stop):
            assert steps == 8
            if done == stop:
                raise Stop

        file = tmp_path / f"stopped{stop}"
        with pytest.raises(Stop):
            train_network(data, **how, checkpoint=file, progress=progress)
        assert file.exists() == (stop >= 3)
        seen = []
        same(
            train_network(
                data,
                **how,
                checkpoint=file,
                progress=lambda done, steps, seen=seen: seen.append(done),
            ),
            whole,
        )
        first = max(stop // 3 * 3, 1)  # what was done before is told first, if anything was
        assert seen == list(range(first, 9))
        assert file.read_bytes() == (tmp_path / "whole").read_bytes()
    # Finished: it is read, and nothing is trained.
    same(train_network(data, **how, checkpoint=file), whole)


@pytest.mark.parametrize(
    "change, name",
    [
        ({"seed": 4}, "seed=3"),
        ({"steps": 13}, "steps=12"),
        ({"batch": 17}, "batch=16"),
        ({"lr": 0.1}, r"lr=0\.003"),
        ({"sigmas": (0.5, 24.0)}, r"sigmas=\[0\.5, 25\.0\]"),
        ({"data": DATA[:-1]}, "data="),
    ],
)
def test_a_checkpoint_of_another_training_is_refused_by_name(change, name, torch, tmp_path):
    file = tmp_path / "a"
    train_network(DATA, **QUICK, checkpoint=file)
    before = file.read_bytes()
    how = {"data": DATA, **QUICK, **change}
    with pytest.raises(ValueError, match=f"was made with {name}.*another file"):
        train_network(**how, checkpoint=file)
    assert file.read_bytes() == before


def test_a_damaged_checkpoint_gives_way_to_the_one_before_with_a_warning_never_to_a_fresh_start(
    torch, tmp_path, monkeypatch
):
    monkeypatch.setattr(training, "EVERY", 5)
    file = tmp_path / "a"
    whole = train_network(DATA, **QUICK, checkpoint=file)
    file.write_bytes(file.read_bytes()[:-100])
    with pytest.warns(RuntimeWarning, match=r"SHA-256.*a\.prev, is used"):
        same(train_network(DATA, **QUICK, checkpoint=file), whole)
    for path in (file, archive.previous(file)):
        path.write_bytes(b"")
    with pytest.raises(ValueError, match="is not a file of this library"):
        train_network(DATA, **QUICK, checkpoint=file)


def test_the_average_begins_with_a_tenth_of_the_start_and_forgets_it(torch):
    made = training.Training(torch, "mlp", 2, 0.01, 1)
    name = next(iter(made.average))
    rng = np.random.default_rng(1)
    due = made.average[name].clone()
    for k in range(3):
        made.step(rng.normal(size=(8, 2)), rng.normal(size=8), rng.normal(size=(8, 2)), 10)
        share = (1 + k) / (10 + k)
        due = share * due + (1 - share) * made.weights[name].detach()
        torch.testing.assert_close(made.average[name], due)
    made.done = 10**4  # from some 900 steps on it keeps 0.99 of the past
    made.average[name].fill_(1.0)
    made.step(rng.normal(size=(8, 2)), rng.normal(size=8), rng.normal(size=(8, 2)), 10**5)
    due = 0.99 + 0.01 * made.weights[name].detach()
    torch.testing.assert_close(made.average[name], due, rtol=1e-6, atol=1e-8)
