"""In a notebook every picture is shown: those of the package, and the user's own after them.

Results are shown there without `print`, studies and reports as tables.
"""

from __future__ import annotations

import os
import sys
from pathlib import Path

import pytest

INSTALL = "a notebook needs pip install nbclient nbformat ipykernel matplotlib-inline"
nbformat = pytest.importorskip("nbformat", reason=INSTALL)
nbclient = pytest.importorskip("nbclient", reason=INSTALL)
pytest.importorskip("ipykernel", reason=INSTALL)
pytest.importorskip("matplotlib_inline", reason=INSTALL)

ROOT = Path(__file__).resolve().parents[2]
SETUP = """
import stochcalc as sc
W = sc.brownian(n=16, paths=3, rng=1)
sol = sc.solve(sc.models.ou(1.0, 0.0, 0.5), 1.0, noise=W)
study = sc.variation_convergence(levels=(2, 3, 4), paths=2048, rng=1)
"""
PICTURES = [
    "W.plot()",
    "W.plot();",
    "sol.plot(color='C1', label='Ornstein and Uhlenbeck')",
    "study.plot()",
    "ax = W.plot()\nax.set_title('mine')",
    "import matplotlib.pyplot as plt\nplt.plot([1, 2])",
    "fig, ax = plt.subplots()\nsol.plot(ax)",
    "with plt.style.context('dark_background'):\n    sol.plot()",
    "plt.hist([1, 2, 2]);",
    "W.plot()",
]
RESULTS = ["study", "sol.moments[-1].estimate()", "sol.moments[-1]"]
WITH_RC_CONTEXT = """
import matplotlib as mpl
import matplotlib.pyplot as plt
with mpl.rc_context({"axes.grid": True}):
    plt.subplots()
"""


def run(cells: list[str], folder: Path) -> list[list[dict]]:
    """Run the cells in a notebook of their own; what each of them put out."""
    notebook = nbformat.v4.new_notebook()
    notebook.cells = [nbformat.v4.new_code_cell(cell) for cell in cells]
    client = nbclient.NotebookClient(
        notebook, timeout=300, kernel_name="python3", resources={"metadata": {"path": str(folder)}}
    )
    with pytest.MonkeyPatch.context() as patch:
        patch.delenv("MPLBACKEND", raising=False)  # the kernel chooses its own
        patch.setenv("PYTHONPATH", str(ROOT))
        patch.setenv("IPYTHONDIR", str(folder / "ipython"))
        patch.setenv("JUPYTER_PATH", os.path.join(sys.prefix, "share", "jupyter"))
        return [list(cell.outputs) for cell in client.execute().cells]


@pytest.fixture(scope="module")
def outputs(tmp_path_factory):
    """What the cells of one notebook put out, by their text."""
    cells = [SETUP, *PICTURES, *RESULTS]
    return run(cells, tmp_path_factory.mktemp("notebook"))[1:]


def pictures(outputs: list[dict]) -> int:
    return sum("image/png" in output.get("data", {}) for output in outputs)


def test_every_picture_of_a_notebook_is_shown_once(outputs):
    assert [pictures(found) for found in outputs[: len(PICTURES)]] == [1] * len(PICTURES)


def test_a_notebook_that_loses_pictures_is_found(tmp_path):
    shown = run([WITH_RC_CONTEXT, WITH_RC_CONTEXT, "plt.plot([1, 2])"], tmp_path)
    assert [pictures(found) for found in shown] == [1, 0, 0]


def test_a_notebook_shows_results_without_print(outputs):
    study, estimate, moments = (found[0]["data"] for found in outputs[len(PICTURES) :])
    assert "<table" in study["text/html"] and "slope at these steps" in study["text/plain"]
    for text in (estimate["text/plain"], moments["text/plain"]):
        assert "+-" in text and "array" not in text and "float64" not in text
        assert len(text) < 120
