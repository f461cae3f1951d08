"""How the report of a run looks: one column of 20-px text, light or dark as the reader's system."""

from __future__ import annotations

RULES = """\
*{box-sizing:border-box}
html{scroll-padding-top:4rem}
body{font:20px/1.5 system-ui,sans-serif;margin:0 auto;padding:0 1rem 4rem;max-width:54rem;
background:var(--page);color:var(--ink)}
a{color:var(--link)}
h1{line-height:1.2;margin:1.5rem 0 .5rem}
h2{line-height:1.25;margin:3rem 0 .5rem;border-bottom:1px solid var(--line)}
h3{line-height:1.3;margin:2.5rem 0 .5rem}
nav{position:sticky;top:0;z-index:1;background:var(--page);border-bottom:1px solid var(--line);
padding:.5rem 0;overflow-x:auto;white-space:nowrap}
nav a{display:inline-block;margin-right:1.1rem}
.scroll{overflow-x:auto}
.formula{margin:.75rem 0;padding:.25rem 0}
.formula math{font-size:1.15em}
.verdict{font-weight:bold;margin:.5rem 0}
.agrees{color:var(--good)}.refuted{color:var(--bad)}.undecided{color:var(--open)}
figure{margin:1rem 0}
figure svg{display:block;width:100%;min-width:30rem;height:auto}
.wide svg{min-width:46rem}
table{border-collapse:collapse;font-size:16px;font-variant-numeric:tabular-nums;margin:.5rem 0}
th,td{padding:.25rem .7rem;text-align:right;white-space:nowrap}
thead :is(th,td){border-bottom:1px solid var(--line)}
:is(th,td):first-child{text-align:left;padding-left:0}
details{margin:.4rem 0}
td details{margin:0;white-space:normal;min-width:min(21rem,55vw)}
summary{cursor:pointer;overflow-wrap:anywhere}
pre{font:15px/1.45 ui-monospace,monospace;overflow-x:auto;padding:.5rem 0;margin:.25rem 0}
:focus-visible{outline:2px solid var(--link);outline-offset:2px}
@media print{nav{display:none}}
"""


def write_style() -> str:
    """Return the style of the page; what is dark has the colours of the pictures on it."""
    from stochcalc.plot import dark

    on_dark = (
        f"--page:{dark.PAGE};--ink:{dark.INK};--faint:{dark.FAINT};--line:{dark.LINE};"
        "--link:#7fbcff;--good:#4fd6a4;--bad:#ff8a8f;--open:#f0bd62"
    )
    return f"""
:root{{color-scheme:light dark;--page:#fff;--ink:#1d1d1f;--faint:#595959;--line:#c9c9cf;
--link:#0b5cad;--good:#00664a;--bad:#b3001b;--open:#7a5200}}
@media (prefers-color-scheme:dark){{:root{{{on_dark}}}}}
{RULES}"""
