"""A bar of progress fits where it is shown: a widget in a notebook that can, else text."""

from __future__ import annotations

import importlib.util
import sys

import pytest

import stochcalc as sc
from stochcalc.engine.loop.progress import find_tqdm

tqdm = pytest.importorskip("tqdm", reason='a bar needs pip install "stochcalc[progress]"')


def pretend(monkeypatch, *, kernel: bool, widgets: bool) -> None:
    """Let the process look as if it were a kernel of a notebook, and had ipywidgets."""
    find_spec = importlib.util.find_spec

    def find(name):
        if name == "ipywidgets":
            return find_spec("json") if widgets else None
        return find_spec(name)

    monkeypatch.setattr(importlib.util, "find_spec", find)
    if kernel:
        monkeypatch.setitem(sys.modules, "ipykernel", sys)
    else:
        monkeypatch.delitem(sys.modules, "ipykernel", raising=False)


@pytest.mark.parametrize("kernel", [False, True])
@pytest.mark.parametrize("widgets", [False, True])
def test_a_widget_is_shown_only_in_a_notebook_that_has_widgets(monkeypatch, kernel, widgets):
    pretend(monkeypatch, kernel=kernel, widgets=widgets)
    module = "tqdm.notebook" if kernel and widgets else "tqdm.std"
    assert find_tqdm().__module__ == module


def test_without_tqdm_the_error_says_how_to_install_it(monkeypatch):
    pretend(monkeypatch, kernel=False, widgets=False)
    monkeypatch.setitem(sys.modules, "tqdm", None)
    with pytest.raises(ImportError, match=r'pip install "stochcalc\[progress\]"'):
        find_tqdm()


def test_the_bar_knows_the_number_of_blocks_and_changes_no_result(monkeypatch, capsys, rng_seed):
    pretend(monkeypatch, kernel=False, widgets=False)
    how = {"n": 4, "paths": 1000, "save": "stats", "rng": rng_seed}
    sol = sc.solve(sc.models.gbm(0.1, 0.2), 1.0, 1.0, progress=True, **how)
    assert "0/4" in capsys.readouterr().err  # four blocks of 256 paths
    assert sol.mean[-1] == sc.solve(sc.models.gbm(0.1, 0.2), 1.0, 1.0, **how).mean[-1]
