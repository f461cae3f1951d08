"""Pages of the sandbox as one file each: the scripts are joined, so that nothing is loaded.

The scripts in the folder `scripts` are modules, which import from one another. A browser loads no
module from a file on the disk, so they are joined into one in the order of their imports: the lines
that import and the word `export` are left out, and what a page imports from "./page.js" is its
table of fields. Comments stay, and the spaces before a line go, so that a page is small: no text of
several lines in a script may have a line that begins with spaces.
"""

from __future__ import annotations

import json
import re
from html import escape
from pathlib import Path as FilePath

from stochcalc.pages.fields import Field, Page

FOLDER = FilePath(__file__).resolve().parent / "scripts"
_IMPORT = re.compile(r'^import\s+(?:\{[^}]*\}\s+from\s+)?"\./([\w.]+)";\n', re.MULTILINE)

_HTML = """<!doctype html>
<html lang="en">
<head>
<meta charset="utf-8">
<meta name="viewport" content="width=device-width, initial-scale=1">
<title>{title}</title>
<link rel="icon" href="data:,">
<style>
{style}</style>
</head>
<body>
<main>
<h1>{title}</h1>
<p>{text}</p>
<noscript><p>This page is drawn by its script: allow scripts for this file.</p></noscript>
<div id="page"></div>
<footer>Made by stochcalc. This file asks for nothing from elsewhere.</footer>
</main>
<script id="first-state" type="application/json">{state}</script>
<script type="module">
{script}
start(render);
</script>
</body>
</html>
"""


def write_html(page: Page, state: dict[str, str]) -> str:
    """Return a page as an HTML document that needs nothing else.

    Parameters
    ----------
    page : Page
        The page.
    state : dict
        The value of every field that is shown first.
    """
    return _HTML.format(
        title=escape(page.title),
        text=escape(page.text),
        style=read_style("document.css", "style.css"),
        state=write_json(state),
        script=join_scripts(page, "host.js", f"{page.name}.js"),
    )


def write_module(page: Page) -> str:
    """Return a page as one module with the default export {render}: the front end of a widget."""
    return join_scripts(page, f"{page.name}.js") + "\nexport default { render };\n"


def read_style(*names: str) -> str:
    """Return the styles of these files in the folder of the scripts, one after the other."""
    return "".join((FOLDER / name).read_text(encoding="utf-8") for name in names)


def write_json(value: object) -> str:
    """Return JSON that may stand inside a script: no tag can end or begin in it."""
    return json.dumps(value, ensure_ascii=False).replace("<", "\\u003c")


def join_scripts(page: Page, *names: str) -> str:
    """Return the scripts of these names and all that they import as one script, each once.

    Parameters
    ----------
    page : Page
        The page, whose fields are what a script imports from "./page.js".
    names : str
        Names of files in the folder of the scripts.

    Raises
    ------
    ValueError
        If a script would end the element in which it stands.
    """
    fields = [_describe_field(field) for field in page.fields]
    table = {"name": page.name, "title": page.title, "fields": fields}
    texts = {"page.js": f"const PAGE = {write_json(table)};\n"}
    for name in names:
        _add_script(name, texts)
    joined = "\n".join(texts.values())
    if "</script" in joined.lower():
        raise ValueError(f"a script of the page {page.name!r} holds </script")
    return joined


def _describe_field(field: Field) -> dict[str, object]:
    """Return a field as the page's script reads it; a key has no choices."""
    row: dict[str, object] = {
        "name": field.name,
        "label": field.label,
        "initial": field.initial,
    }
    if field.choices:
        row["choices"] = field.choices
    return row


def _add_script(name: str, texts: dict[str, str]) -> None:
    """Add a script to those that are joined, after all that it imports."""
    if name in texts:
        return
    text = (FOLDER / name).read_text(encoding="utf-8")
    for needed in _IMPORT.findall(text):
        _add_script(needed, texts)
    text = _IMPORT.sub("", text)
    text = re.sub(r"^export (?=const|class|function)", "", text, flags=re.MULTILINE)
    texts[name] = re.sub(r"^ +", "", text, flags=re.MULTILINE)
