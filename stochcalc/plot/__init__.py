"""Pictures of the records of the package, drawn with Matplotlib.

Every function that draws takes `ax` and returns it, so that a picture can be put anywhere; without
`ax` it makes new axes. Matplotlib is imported nowhere else, and only when a figure is wanted.

All pictures on new figures share one style: colours that colour-blind readers can tell apart (after
Okabe and Ito 2008), line styles and markers that differ as well, theory drawn through the measured
points, and a title that states the claim. What the user has set, such as a dark theme, comes first.
Keywords such as `color`, `label` and `alpha` go to the lines. Within `narrow()`, figures are drawn
for a column of a paper or the page on a phone.

Read `look` for the style, `titles` and `legends` (with `corners`) for where words go, `scales` for
ticks, `marks` for points, curves and panels, `heat_maps`, and `annotations` for names and slopes
beside lines. Then read the pictures themselves: `paths` with `spread` (many paths as a whole),
`solutions`, `chains`, `scores`, `passage`, `kolmogorov`, `convergence`, `multilevel`, `prices` and
`normal_plot` (many z at once). `figures` draws one that stays open; `files` writes figures and puts
many on one page, and `inline` makes one a part of a web page, whose colours in the dark are those
of `dark`.
"""

from stochcalc.plot.annotations import name_line, slope_triangle, tell_points_from_lines
from stochcalc.plot.chains import plot_chains
from stochcalc.plot.convergence import plot_convergence
from stochcalc.plot.figures import figure
from stochcalc.plot.files import contact_sheet, save
from stochcalc.plot.heat_maps import heat_map
from stochcalc.plot.kolmogorov import plot_backward, plot_density
from stochcalc.plot.legends import place_legend
from stochcalc.plot.look import COLOURS, FILL, LINES, MARKERS, NARROW_STYLE, STYLE, narrow, style
from stochcalc.plot.marks import curve, histogram, limit_line, panels, points
from stochcalc.plot.multilevel import plot_multilevel
from stochcalc.plot.passage import plot_passage
from stochcalc.plot.paths import plot_brownian, plot_paths
from stochcalc.plot.prices import plot_volatility
from stochcalc.plot.scales import tick_round_numbers, tick_steps
from stochcalc.plot.scores import plot_score
from stochcalc.plot.solutions import plot_solution

__all__ = [
    "COLOURS",
    "FILL",
    "MARKERS",
    "LINES",
    "STYLE",
    "NARROW_STYLE",
    "style",
    "narrow",
    "figure",
    "save",
    "contact_sheet",
    "panels",
    "points",
    "curve",
    "limit_line",
    "histogram",
    "name_line",
    "tell_points_from_lines",
    "slope_triangle",
    "heat_map",
    "place_legend",
    "tick_steps",
    "tick_round_numbers",
    "plot_paths",
    "plot_brownian",
    "plot_solution",
    "plot_chains",
    "plot_score",
    "plot_passage",
    "plot_density",
    "plot_backward",
    "plot_convergence",
    "plot_multilevel",
    "plot_volatility",
]
