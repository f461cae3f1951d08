"""Results as text, as HTML and as LaTeX, from one description.

A result inherits from `Displayed` and describes itself once. Its `repr` is the text, of at most
twelve lines; a notebook and the pages of the documentation show the HTML, and an export to PDF
takes the LaTeX. All three have the same numbers.

Read `table` for a table of numbers, and `description` for what is put around it. `formulas` sets
the formulas of the package, with what is in `formulas.json`, and `mathml` converts any LaTeX;
`thumbnail` draws a few paths and points as SVG, without Matplotlib. `numbers` describes estimates
and moments, `equations` an SDE, and `samples` paths and chains. `frames` hands columns to pandas,
and `json_text` writes results as JSON.
"""

from stochcalc.display.description import Description, Displayed
from stochcalc.display.frames import import_pandas, make_data_frame
from stochcalc.display.table import Table

__all__ = ["Description", "Displayed", "Table", "import_pandas", "make_data_frame"]
