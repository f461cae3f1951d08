"""What does one normal cost, against NumPy drawing one?

Ours come from integers (Philox4x32-10, Box-Muller): any of them can be asked for by name, and no
state is advanced."""

from __future__ import annotations

import numpy as np

from benchmarks.measure import at_most, packed, race, report
from benchmarks.peers import every, stochastic_rs_normals
from stochcalc.engine.compiler.jit import kernel
from stochcalc.engine.random.sources import KeyedNoise, independent
from stochcalc.engine.statistics import LANES

STEPS, BLOCKS, TILE = 400, 20, 8


@kernel
def fold(fills, blocks, buffer, total):
    """Fill and fold: every normal is made, and added to its lane."""
    for block in range(blocks):
        for k in range(0, STEPS, TILE):
            for row, fill, ids, roots, table in fills:
                fill(ids, roots, table, block * LANES, k, TILE, buffer, row)
            for j in range(TILE):
                for lane in range(LANES):
                    total[lane] += buffer[j, 0, lane]


def test_one_normal_costs_a_fifth_of_numpys(benchmark):
    buffer, total = np.empty((TILE, 1, LANES)), np.zeros(LANES)
    fills = KeyedNoise(7, np.ones(STEPS)).open(0, BLOCKS * LANES)
    count = BLOCKS * STEPS * LANES

    def ours():
        fold(fills, BLOCKS, buffer, total)

    peers = every({"stochastic-rs": lambda: stochastic_rs_normals(count)})
    result = race({"stochcalc": ours, **peers}, count)
    assembly = (
        independent()._library.get_asm_str()
    )  # Numba shows a callback's assembly nowhere else
    report(
        benchmark,
        "One normal",
        ours,
        [
            at_most(
                "stochcalc, over one NumPy normal",
                result.over_normal("stochcalc"),
                0.26,
                0.20,
                avx2=0.45,
            ),
            *[
                figure
                for figure in result.table("stochcalc")
                if not figure.what.startswith("stochcalc, ")
            ],
        ],
        instructions=packed(assembly),
    )
    print(f"  instructions on vector registers in the fill: {packed(assembly)}")
    wide = packed(assembly)
    assert wide["zmm"] + wide["ymm"] > 60, "the fill has no packed instructions: it is not done"
