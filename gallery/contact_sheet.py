"""Draw every figure of the lessons and lay them out on one page: `python gallery/contact_sheet.py
[FOLDER] [--narrow]`.

The lessons run one after the other in this process, each asserting its numbers; their figures are
FOLDER/NAME.png (NAME_2.png is the second one of a lesson), and the page is
FOLDER/contact_sheet.png. With --narrow they are drawn as on the page of a phone.
"""

import argparse
import runpy
from contextlib import nullcontext
from pathlib import Path

import matplotlib as mpl
import matplotlib.pyplot as plt

from stochcalc import plot

mpl.use("Agg")
parser = argparse.ArgumentParser(description="Lay out the figures of all lessons on one page.")
parser.add_argument("folder", nargs="?", default="gallery_figures", type=Path)
parser.add_argument("--narrow", action="store_true", help="draw them as on the page of a phone")
given = parser.parse_args()
given.folder.mkdir(parents=True, exist_ok=True)
pictures = []
for lesson in sorted(Path(__file__).parent.glob("*/plot_*.py")):
    try:
        runpy.run_path(str(lesson), run_name="__main__")
    except SystemExit as missing:  # an extra that a lesson needs
        print(f"without {lesson.name}: {missing}")
    for i, number in enumerate(plt.get_fignums(), start=1):
        name = lesson.stem.removeprefix("plot_")
        if i > 1:
            name = f"{name}_{i}"
        pictures.append(given.folder / f"{name}.png")
        shown = plt.figure(number)
        width = nullcontext()
        if given.narrow:
            width = plot.narrow()
        with plot.style(), width:
            if given.narrow:
                shown = plot.figure(shown.redraw)
            shown.savefig(pictures[-1])
    plt.close("all")
sheet = plot.contact_sheet(pictures, given.folder / "contact_sheet.png")
print(f"{len(pictures)} figures on {sheet}")
