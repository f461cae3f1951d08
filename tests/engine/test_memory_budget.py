"""The memory budget: half of the least of the machine, its control groups and `ulimit`."""

from __future__ import annotations

import os
import subprocess
import sys

import pytest
from architecture import ROOT
from nights import mostly_at_night

from stochcalc.engine import memory

GIB = 1 << 30


def write_tree(root, own, **limits):
    """Write the files of control groups as Linux shows them; `__` in a name is a slash."""
    (root / "proc/self").mkdir(parents=True)
    (root / "proc/self/cgroup").write_bytes(os.fsencode(own))
    for name, text in limits.items():
        file = root / "sys/fs/cgroup" / name.replace("__", "/")
        file = file.with_name(file.name.replace("_max", ".max").replace("y_limit", "y.limit"))
        file.parent.mkdir(parents=True, exist_ok=True)
        file.write_text(text)


@pytest.mark.parametrize(
    "own, limits, due",
    [
        ("0::/a/b\n", {"a__b__memory_max": "3000\n", "a__memory_max": "2000\n"}, {3000, 2000}),
        ("0::/a/b\n", {"a__b__memory_max": "max\n", "memory_max": "500\n"}, {500}),
        ("0::/gone/away\n", {"memory_max": "700\n"}, {700}),
        ("0::/\n", {}, set()),
        ("0::/caf\udce9\n", {"memory_max": "600\n"}, {600}),  # not UTF-8
        (
            "9:cpu:/x\n4:memory:/docker/1f\n0::/\n",
            {
                "memory__docker__1f__memory_limit_in_bytes": "900\n",
                "memory__memory_limit_in_bytes": "9223372036854771712\n",
                "cpu__x__memory_limit_in_bytes": "1\n",
            },
            {900, 9223372036854771712},
        ),
        (
            "4:hugetlb,memory:/only/on/the/host\n",
            {"memory__memory_limit_in_bytes": "800\n"},
            {800},
        ),
    ],
)
def test_the_limits_of_all_groups_around_the_process_are_read(own, limits, due, tmp_path):
    write_tree(tmp_path, own, **limits)
    assert set(memory.read_group_limits(tmp_path)) == due


def test_a_system_without_groups_has_no_limits(tmp_path):
    assert memory.read_group_limits(tmp_path) == []


def test_the_budget_is_half_of_the_least(monkeypatch):
    monkeypatch.setattr(memory, "_physical_memory", lambda: 8 * GIB)
    monkeypatch.setattr(memory, "_limits_of_process", lambda: [])
    for groups, left, due in (
        ([], [], 4 * GIB),
        ([2 * GIB, 3 * GIB], [], GIB),
        ([2 * GIB], [GIB, 3 * GIB], GIB // 2),
    ):
        memory._shared_memory.cache_clear()
        monkeypatch.setattr(memory, "read_group_limits", lambda groups=groups: groups)
        monkeypatch.setattr(memory, "_limits_of_process", lambda left=left: left)
        assert memory.memory_budget() == due
    memory._shared_memory.cache_clear()


REFUSED = """
import stochcalc as sc
sc.brownian(n=100, paths=10, rng=1)
calls = {
    "store=False": lambda: sc.brownian(n=20_000, paths=20_000, rng=1),
    'save="stats"': lambda: sc.solve(sc.models.gbm(0.1, 0.2), 1.0, n=20_000, paths=20_000),
}
for remedy, call in calls.items():
    try:
        call()
    except ValueError as error:
        assert remedy in str(error) and "bytes" in str(error), error
        print("refused")
"""


@pytest.mark.parametrize("option", mostly_at_night(["-v", "-d"], {"-v"}.__contains__))
def test_a_process_with_a_ulimit_refuses_what_it_cannot_have(option):
    words = f"ulimit {option} 4000000 && exec {sys.executable} -c '$0'".replace("'$0'", '"$0"')
    done = subprocess.run(
        ["bash", "-c", words, REFUSED], cwd=ROOT, capture_output=True, text=True, check=False
    )
    assert done.returncode == 0, done.stderr
    assert done.stdout.split() == ["refused", "refused"]
