"""What makes a script of the gallery a lesson; each function returns what is missing, in words.

A lesson is one script with cells. Its first docstring begins with a title in reST and states a
theorem as a formula. Then come the sections of SECTIONS, in this order, among others of its own.
"""

from __future__ import annotations

import ast
import re

SECTIONS = ("Try it", "Check it", "The wrong twin", "Why", "Exercise", "References")
LEAST_ALT = 40  # letters that say what a figure shows
LEAST_WORDS = 400  # of a lecture
SIDE = re.compile(r"\b(left|right)(,| panel| one\b| picture)|\b(at|on) the (left|right)\b", re.I)
LECTURES = frozenset(
    {
        "random_walk",
        "reflection",
        "quadratic_variation",
        "signature",
        "riemann_sums",
        "readings",
        "isometry",
        "ito_formula",
        "strong_order",
        "weak_order",
        "stability",
        "multilevel",
        "langevin_bias",
        "escape",
        "annealed_langevin",
        "reversal",
        "lyapunov",
        "mala",
        "donsker",
        "samplers",
        "girsanov",
        "guidance",
        "score_matching",
        "drift_or_volatility",
    }
)


def find_faults(text: str) -> list[str]:
    """Return what a script lacks to be a lesson."""
    tree = ast.parse(text)
    prose = read_prose(text)
    faults = [
        *_find_faults_of_opening(ast.get_docstring(tree) or ""),
        *_find_missing_sections(text),
        *_find_faults_of_code(tree),
    ]
    if ":cite:t:`" not in prose and ":cite:p:`" not in prose:
        faults.append("cite a source: :cite:t:`key`")
    if "sys.argv" in text or "savefig" in text or "plot.save" in text:
        faults.append("write no file and read no argument: the figure stays open")
    return faults


def _find_faults_of_opening(docstring: str) -> list[str]:
    faults = []
    lines = docstring.split("\n")
    title = lines[0] if len(lines) > 1 else ""
    if not title or len(lines[1]) < len(title) or set(lines[1]) != {"="}:
        faults.append("begin the docstring with a title, underlined by ===")
    if ".. math::" not in docstring:
        faults.append("state the theorem as a formula: .. math::")
    if "**Theorem" not in docstring:
        faults.append("name the theorem and its hypotheses: **Theorem.** ...")
    return faults


def _find_missing_sections(text: str) -> list[str]:
    heads = re.findall(r"^# (.+)\n# (-{3,})$", text, re.M)
    for head, line in heads:
        if len(line) < len(head):
            return [f"the line below {head!r} is too short"]
    titles = [head for head, _ in heads]
    places = [titles.index(name) if name in titles else -1 for name in SECTIONS]
    missing = [name for name, place in zip(SECTIONS, places) if place < 0]
    if missing:
        return [f"add the sections {missing}"]
    if places != sorted(places):
        return [f"put the sections into the order {SECTIONS}"]
    if not re.search(r"^# \.\. solution::$", text, re.M):
        return ["fold the solution of the exercise: # .. solution::"]
    return []


def _find_faults_of_code(tree: ast.Module) -> list[str]:
    faults = []
    figures = [node for node in ast.walk(tree) if _is_call_of(node, "plot.figure")]
    calls = [node for node in ast.walk(tree) if _is_public_call(node)]
    if not figures:
        faults.append("draw a figure that stays open: figure = plot.figure(draw, alt=...)")
    elif not calls or min(call.lineno for call in calls) > figures[0].lineno:
        faults.append("call a public function, sc. ..., before the first figure")
    for node in figures:
        alt = [word.value for word in node.keywords if word.arg == "alt"]
        if not alt or len(ast.unparse(alt[0])) < LEAST_ALT + 2:
            faults.append(f"line {node.lineno}: say in alt= what the figure shows")
        elif SIDE.search(_join_strings(alt[0])):
            faults.append(
                f"line {node.lineno}: number panels in alt=, phones have them in a column"
            )
    for node in tree.body:
        if isinstance(node, ast.Expr) and _is_call_of(node.value, "plot.figure"):
            faults.append(f"line {node.lineno}: a notebook shows it twice, write figure = ...")
    if not any(isinstance(node, ast.Assert) for node in ast.walk(tree)):
        faults.append("assert a measured number")
    if not re.search(r"\bstderr\b|\.z\b", ast.unparse(tree)):
        faults.append("show a number with its standard error")
    return faults


def _join_strings(node: ast.AST) -> str:
    """Return the text of an expression: its strings without what is filled in."""
    parts = [part.value for part in ast.walk(node) if isinstance(part, ast.Constant)]
    return "".join(part for part in parts if isinstance(part, str))


def _is_call_of(node: ast.AST, name: str) -> bool:
    return isinstance(node, ast.Call) and ast.unparse(node.func) == name


def _is_public_call(node: ast.AST) -> bool:
    if not isinstance(node, ast.Call):
        return False
    called = ast.unparse(node.func)
    return called.startswith("sc.") and not called.startswith("sc.CLAIMS")


def read_prose(text: str) -> str:
    """Return the prose of a lesson: its docstring and the comments of its cells."""
    cells = re.findall(r"^# %%\n((?:#.*\n)*)", text, re.M)
    comments = "\n".join(line[2:] for cell in cells for line in cell.split("\n"))
    return f"{ast.get_docstring(ast.parse(text)) or ''}\n{comments}"


def count_words(text: str) -> int:
    """Return the number of words of the prose, without formulas and headings."""
    prose = re.sub(r"\.\. math::\n\n(?:    .*\n|\n)+", " ", read_prose(text))
    prose = re.sub(r":\w+(:\w+)?:`[^`]*`", " ", prose)
    return len(re.findall(r"[A-Za-z]{2,}", prose))


def has_exercise(text: str) -> bool:
    """Say whether a script has an exercise whose solution asserts."""
    _, mark, after = text.partition("\n# .. solution::\n")
    return bool(mark) and "assert " in after
