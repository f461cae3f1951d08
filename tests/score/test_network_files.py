"""Files of learned scores are data and no more, and damaged ones are refused."""

import hashlib
import json
import os

import numpy as np
import pytest
from networks import DATA, QUICK, same, untrained

from stochcalc.score import ScoreNetwork, archive, train_network


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
    # A pickle in a zip: loading it as such would end this process.
    torch.save(Harmful(), tmp_path / "a")
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
