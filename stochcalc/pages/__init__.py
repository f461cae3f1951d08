"""The sandbox: pages that react to a slider, and draw the same path as Python to the last bit.

A page is one HTML file without a server and without a request. `stochcalc sandbox lambda OUT.html`
writes it, and `sc.sandbox("lambda", key=7, lam=0.5)` shows it in a notebook. What moves in a page
is written in JavaScript, in the folder `scripts`: noise.js makes the normals of the package from
the same names, motion.js the path, and each page has a file of its own.

`fields` says what the reader of a page can move, and which values it takes; `builder` joins the
scripts of a page into one file; `notebook` shows a page as the last line of a cell, and `widget`
makes one whose numbers Python reads.
"""

from __future__ import annotations

from stochcalc.pages.fields import PAGES
from stochcalc.pages.notebook import Sandbox, sandbox

__all__ = ["PAGES", "Sandbox", "sandbox"]
