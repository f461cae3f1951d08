"""Draw every figure of this folder and lay them out on one page: `python gallery/contact_sheet.py
[FOLDER]`.

The scripts run one after the other in this process, each asserting its claim; the page is
FOLDER/contact_sheet.png."""

import runpy
import sys
from pathlib import Path

import matplotlib as mpl

from stochcalc.plot import contact_sheet

mpl.use("Agg")
folder = Path(sys.argv[1] if len(sys.argv) > 1 else "gallery_figures")
folder.mkdir(parents=True, exist_ok=True)
pictures = []
for script in sorted(Path(__file__).parent.glob("*/plot_*.py")):
    picture = folder / f"{script.stem.removeprefix('plot_')}.png"
    sys.argv = [str(script), str(picture)]
    try:
        runpy.run_path(str(script), run_name="__main__")
        pictures.append(picture)
    except SystemExit as missing:  # an extra that a script needs
        print(f"without {script.name}: {missing}")
print(f"{len(pictures)} figures on {contact_sheet(pictures, folder / 'contact_sheet.png')}")
