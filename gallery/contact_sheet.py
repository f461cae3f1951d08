"""Draw every figure of the lessons and lay them out on one page: `python gallery/contact_sheet.py
[FOLDER]`.

The lessons run one after the other in this process, each asserting its numbers; their figures are
FOLDER/NAME.png (NAME_2.png is the second one of a lesson), and the page is
FOLDER/contact_sheet.png.
"""

import runpy
import sys
from pathlib import Path

import matplotlib as mpl
import matplotlib.pyplot as plt

from stochcalc import plot

mpl.use("Agg")
folder = Path(sys.argv[1] if len(sys.argv) > 1 else "gallery_figures")
folder.mkdir(parents=True, exist_ok=True)
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
        pictures.append(folder / f"{name}.png")
        with plot.style():
            plt.figure(number).savefig(pictures[-1])
    plt.close("all")
sheet = plot.contact_sheet(pictures, folder / "contact_sheet.png")
print(f"{len(pictures)} figures on {sheet}")
