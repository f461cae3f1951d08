"""Learned scores: what the net is trained towards, the same bits after any interruption, files that
are data and no more.
"""

import hashlib
import json
import math
import os
import subprocess
import sys
from pathlib import Path

import numpy as np
import pytest
from evidence import assert_mean, assert_same_bits, must_reject

from stochcalc.score import GaussianMixture, ScoreNetwork, archive, nets, train_network, training

TOY = GaussianMixture([0.8, 0.2], [[5.0, 5.0], [-5.0, -5.0]], 1.0)
DATA = TOY.sample(500, rng=1)
QUICK = {"sigmas": (0.5, 25.0), "steps": 12, "batch": 16, "seed": 3}
ROOT = Path(__file__).resolve().parents[2]


@pytest.fixture
def torch():
    return pytest.importorskip(
        "torch", reason='a network needs torch: pip install "stochcalc[torch]"'
    )


def bits_of(network):
    return [network.centre, np.array(network.scale), *network.arrays.values()]


def same(one, other):
    assert list(one.arrays) == list(other.arrays)
    for a, b in zip(bits_of(one), bits_of(other)):
        assert_same_bits(a, b)


def untrained(dim=2, scale=1.5, zero=False):
    """A network made by hand, without torch."""
    arrays = nets.started(nets.KINDS["mlp"].shapes(dim), np.random.default_rng(1))
    return ScoreNetwork(
        "mlp",
        np.arange(dim) + 1.0,
        scale,
        (0.1, 10.0),
        {k: v * (not zero) for k, v in arrays.items()},
    )


def test_importing_the_scores_imports_neither_torch_nor_scikit_learn():
    code = "import sys, stochcalc, stochcalc.score, stochcalc.score.digits, stochcalc.cli; print(*sys.modules)"
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
        assert (
            seen == list(range(stop // 3 * 3, 9))
            and file.read_bytes() == (tmp_path / "whole").read_bytes()
        )
    same(
        train_network(data, **how, checkpoint=file), whole
    )  # finished: read, and nothing is trained


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


def test_a_saved_network_is_read_back_bit_by_bit(tmp_path):
    network = untrained()
    network.save(tmp_path / "a")
    network.save(str(tmp_path / "a"))  # replaces, and leaves nothing else
    again = ScoreNetwork.load(tmp_path / "a")
    same(network, again)
    assert (
        again.sigmas == network.sigmas
        and again.kind == "mlp"
        and [p.name for p in tmp_path.iterdir()] == ["a"]
    )
    with pytest.raises(ValueError, match="holds a network, and a training is wanted"):
        archive.read(tmp_path / "a", "training")


def test_a_file_cut_anywhere_or_with_any_bit_turned_is_refused(tmp_path, rng_seed):
    file = tmp_path / "a"
    archive.write(
        file,
        "test",
        {"x": 1},
        {"a": np.arange(6.0).reshape(2, 3), "b": np.arange(3, dtype=np.float32)},
    )
    good, rng = file.read_bytes(), np.random.default_rng(rng_seed)
    facts, arrays = archive.read(file, "test")
    assert facts == {"x": 1} and arrays["a"].shape == (2, 3) and arrays["b"].dtype == np.float32
    turned = [bytearray(good) for _ in range(1000)]
    for i, content in enumerate(turned):
        content[i % len(good)] ^= 1 << int(rng.integers(8))
    for bad in [good[:n] for n in range(len(good))] + turned + [good + b"\0"]:
        file.write_bytes(bad)
        with pytest.raises(ValueError, match=r"is not a file|is damaged"):
            archive.read(file, "test")


def forged(head, data=b""):
    body = (head if isinstance(head, bytes) else json.dumps(head).encode()) + b"\n" + data
    return archive.MAGIC + hashlib.sha256(body).hexdigest().encode() + b"\n" + body


def of(*arrays):
    return {"what": "test", "facts": {}, "arrays": list(arrays)}


@pytest.mark.parametrize(
    "content",
    [
        forged(b"{"),
        forged(b"[" * 60_000),
        forged(b" " * 70_000 + b"{}"),
        forged([]),
        forged({}),
        forged({**of(), "facts": 3}),
        forged(of(["a", "<f4", [3]]), b"12"),
        forged(of(["a", "|O", [1]]), b"12345678"),
        forged(of(["a", "<f4", [2**62]])),
        forged(of(["a", "<f4", [-1]])),
        forged(of(["a", "<f4", [2**28] * 8])),
        forged(of(["a", "<f4", [0], 1])),
        forged(of(["a", "<f4", [0]], ["a", "<f4", [0]])),
        forged(of(), b"more"),
        forged(of([1, "<f4", [0]])),
        forged(of(["a", "<f4", [True]])),
    ],
)
def test_a_forged_header_is_refused_before_memory_is_taken(content, tmp_path):
    (tmp_path / "a").write_bytes(content)
    with pytest.raises(ValueError, match=r"a has a header that|a holds 4 bytes"):
        archive.read(tmp_path / "a", "test")


class Harmful:
    def __reduce__(self):
        return os.abort, ()


def test_a_pickle_is_refused_and_never_executed(torch, tmp_path):
    torch.save(
        Harmful(), tmp_path / "a"
    )  # a pickle in a zip: loading it as such would end this process
    with pytest.raises(ValueError, match="is not a file of this library"):
        ScoreNetwork.load(tmp_path / "a")
    with pytest.raises(ValueError, match="is not a file of this library"):
        train_network(DATA, **QUICK, checkpoint=tmp_path / "a")


def network_file(**changes):
    facts, arrays = (
        {"kind": "mlp", "scale": 1.0, "sigmas": [0.1, 1.0]},
        {"centre": np.zeros(2), **untrained().arrays},
    )
    return {**facts, **{k: v for k, v in changes.items() if k in facts}}, {
        **arrays,
        **{k.replace("_", "."): v for k, v in changes.items() if k not in facts},
    }


@pytest.mark.parametrize(
    "changes",
    [
        {"kind": "tree"},
        {"kind": "conv"},
        {"scale": -1.0},
        {"scale": "1"},
        {"sigmas": [1.0]},
        {"sigmas": [1.0, 0.1]},
        {"centre": np.zeros(3)},
        {"centre": np.full(2, np.nan)},
        {"out_bias": np.full(2, np.inf, np.float32)},
        {"out_bias": np.zeros(2)},
        {"more": np.zeros(2, np.float32)},
    ],
)
def test_a_file_that_describes_no_network_is_refused(changes, tmp_path):
    archive.write(tmp_path / "a", "network", *network_file(**changes))
    with pytest.raises(ValueError, match="describes no network"):
        ScoreNetwork.load(tmp_path / "a")


V, T, IMAGES = ValueError, TypeError, np.full((3, 64), 0.5)
CASES = {
    "data: text": bad(lambda: train_network(["a"]), T, "data has dtype"),
    "data: nan": bad(lambda: train_network([[math.nan]]), V, r"data\[0, 0\]=nan"),
    "data: one dimension": bad(lambda: train_network([1.0, 2.0]), V, r"data has shape \(2,\)"),
    "data: all alike": bad(
        lambda: train_network(np.ones((5, 2))), V, "deviation of 0: give points that differ"
    ),
    "kind": bad(
        lambda: train_network(DATA, kind="tree"), V, "kind='tree' must be one of 'mlp', 'conv'"
    ),
    "conv: points": bad(
        lambda: train_network(DATA, kind="conv"), V, r"data has shape \(500, 2\).*8 x 8"
    ),
    "conv: pixels": bad(
        lambda: train_network(16 * IMAGES, kind="conv"), V, r"data lie in \[8, 8\].*rescale"
    ),
    "sigmas: order": bad(
        lambda: train_network(DATA, sigmas=(2.0, 1.0)),
        V,
        r"sigmas=\[2\.0, 1\.0\] must be the smallest",
    ),
    "sigmas: three": bad(
        lambda: train_network(DATA, sigmas=(1.0, 2.0, 3.0)), V, "give \\(low, high\\)"
    ),
    "steps": bad(lambda: train_network(DATA, steps=0), V, "steps=0 must be at least 1"),
    "batch": bad(
        lambda: train_network(DATA, batch=1.0), T, "batch=1.0 must be an integer: write batch=1"
    ),
    "lr": bad(lambda: train_network(DATA, lr=-1.0), V, r"lr=-1\.0 must be greater than 0"),
    "seed": bad(lambda: train_network(DATA, seed=-1), V, "seed=-1 must be at least 0"),
    "checkpoint: type": bad(
        lambda: train_network(DATA, checkpoint=3), T, "checkpoint=3 must be the name of a file"
    ),
    "checkpoint: folder": bad(
        lambda: train_network(DATA, checkpoint="/"), V, "checkpoint='/' is a folder"
    ),
    "checkpoint: nowhere": bad(
        lambda: train_network(DATA, checkpoint="/no/a"), V, "checkpoint='/no/a' lies in no folder"
    ),
    "save": bad(lambda: untrained().save("/no/a"), V, "path='/no/a' lies in no folder"),
}


@pytest.mark.parametrize("case", CASES)
def test_bad_input_is_refused_by_name_and_value(case):
    call, kind, pattern = CASES[case]
    with pytest.raises(kind, match=pattern):
        call()


def test_a_score_is_asked_for_where_it_was_trained(torch):
    for call, kind, pattern in (
        (lambda: untrained().score(DATA, 0.05), V, r"sigma=0\.05 was not trained, only 0\.1 to 10"),
        (lambda: untrained().score(DATA[:, :1], 1.0), V, r"x has shape \(500, 1\): give \(n, 2\)"),
        (lambda: untrained().score(DATA, "1"), T, "sigma='1' must be a real number"),
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
