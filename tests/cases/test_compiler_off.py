"""With Numba's compiler turned off the first computation says what is wrong and what to do."""

from __future__ import annotations

import os

import pytest
from fresh_process import finish, start

SCRIPT = """
import stochcalc as sc
sde = sc.SDE(lambda t, x: -x, lambda t, x: 1.0)
for call in (
    lambda: sc.brownian(n=4, key=1).values,
    lambda: sc.solve(sde, 1.0, 1.0, n=4, key=1),
    lambda: sc.ito(lambda t, w: w, sc.brownian(n=4, key=1)),
    lambda: sc.langevin.sample(lambda x: -x, 0.0, step=0.1, n=4, key=1),
):
    try:
        call()
    except RuntimeError as error:
        print(str(error).split(":")[0].split()[0], "unset" in str(error))
    else:
        print("computed True")
"""


@pytest.mark.parametrize("switch, said", [("1", "NUMBA_DISABLE_JIT=1"), ("0", "computed")])
def test_the_first_computation_names_the_switch_and_tells_to_unset_it(switch, said, tmp_path):
    cache = os.environ.get("STOCHCALC_CACHE", str(tmp_path))
    words = finish(start(SCRIPT, NUMBA_DISABLE_JIT=switch, STOCHCALC_CACHE=cache))
    assert words == [said, "True"] * 4
