"""A bar of progress fits where it is shown: a widget in a notebook that can, else text."""

from __future__ import annotations

import importlib.util
import io
import sys

import pytest

import stochcalc as sc
from stochcalc.engine.loop import progress
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


class Bar:
    """A bar that keeps what it was given."""

    def __init__(self, **options):
        self.options = options
        self.steps = []
        self.update = self.steps.append

    def close(self):
        self.steps.append("closed")


def test_the_bar_of_a_run_that_goes_on_starts_where_it_was(tmp_path, monkeypatch):
    made = []

    def make(**options):
        """Return a bar, and keep it."""
        made.append(Bar(**options))
        return made[-1]

    monkeypatch.setattr(progress, "find_tqdm", lambda: make)
    file = tmp_path / "run.checkpoint"

    def run(**how):
        """Return the mean of a run of 40 blocks."""
        options = {"n": 2000, "paths": 40 * 256, "save": "stats", "key": 1, "workers": 1}
        return sc.solve(sc.models.gbm(0.1, 0.2), 1.0, checkpoint=file, **options, **how).mean[-1]

    def stop(done, total):
        if done >= 10:
            raise KeyboardInterrupt

    with pytest.raises(KeyboardInterrupt):
        run(progress=stop)
    told = []
    run(progress=True)
    run(progress=lambda done, total: told.append((done, total)))
    (bar,) = made
    before = bar.options["initial"]
    assert 10 <= before < 40 and bar.options["total"] == 40
    assert before + sum(bar.steps[:-1]) == 40 and bar.steps[-1] == "closed"
    assert told == [(40, 40)]


def test_a_bar_shows_the_rate_of_this_run_and_the_time_that_remains(monkeypatch):
    monkeypatch.delitem(sys.modules, "ipykernel", raising=False)  # a line of text, not a widget
    screen = io.StringIO()
    bar = find_tqdm()(total=100, initial=60, unit="block", file=screen)
    bar.update(20)
    bar.start_t -= 10.0  # 20 blocks in 10 seconds, and 20 are left
    bar.refresh()
    bar.close()
    assert "80/100" in screen.getvalue() and "<00:10" in screen.getvalue()
    assert "2.00block/s" in screen.getvalue()
