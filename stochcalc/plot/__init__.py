"""Pictures of the records of the package, drawn with Matplotlib.

Every function that draws takes `ax` and returns it, so that a picture can be put anywhere; without
`ax` it makes new axes. Matplotlib is imported nowhere else, and only when a figure is wanted.

All pictures share one style, which is used through a context: colours that colour-blind readers can
tell apart (Okabe and Ito 2008), line styles and markers that differ as well, theory drawn through
the measured points, and a title that states the claim.

Read `look` for the style, `marks` for points, curves and panels, then the pictures themselves:
`paths`, `convergence` and `prices`. `files` writes figures and puts many on one page.
"""

from stochcalc.plot.convergence import plot_convergence, plot_multilevel
from stochcalc.plot.files import contact_sheet, save
from stochcalc.plot.look import COLOURS, LINES, MARKERS, STYLE, style
from stochcalc.plot.marks import curve, histogram, limit_line, panels, points
from stochcalc.plot.paths import plot_passage, plot_paths, plot_solution
from stochcalc.plot.prices import plot_volatility

__all__ = [
    "COLOURS",
    "MARKERS",
    "LINES",
    "STYLE",
    "style",
    "save",
    "contact_sheet",
    "panels",
    "points",
    "curve",
    "limit_line",
    "histogram",
    "plot_paths",
    "plot_solution",
    "plot_passage",
    "plot_convergence",
    "plot_multilevel",
    "plot_volatility",
]
