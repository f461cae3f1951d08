"""The text of the code, counted: statements, signatures and docstrings, as `style` asks for them.

Every function here takes sources by name, so that a broken twin can be counted the same way."""

from __future__ import annotations

import ast
import inspect
import re
from collections.abc import Callable, Iterator, Mapping
from typing import Any

# The verbs that docstrings of functions begin with. A new verb is added here when it is first used.
VERBS = frozenset(
    """Accept Add Advance Apply Ask Assign Begin Bind Build Call Carry Change Check Choose Clear
    Close Collect Combine Compare Compile Compute Convert Copy Count Cut Decorate Define
    Delete Describe Divide Do Draw Drop Emit Enter Estimate Evaluate Examine Expand Explain
    Fail Fill Find Fit Fold Follow Gather Generate Give Go Hand Have Hold Import Inline
    Insert Invert Iterate Join Judge Keep Know Label Lay Learn Leave Let Link Load Look Make
    Mark Match Measure Merge Move Multiply Name Observe Open Order Parse Pause Pick Place
    Plan Prepare Print Probe Put Raise Read Rebuild Record Reduce Refuse Register Release
    Remember Remove Repeat Replace Report Resolve Return Rewrite Rotate Round Run Sample
    Save Say Scale See Select Send Set Share Show Simplify Simulate Solve Sort Split
    Standardise Start Step Stop Store Stream Subtract Sum Swap Take Tell Test Tile Train
    Transform Transpose Try Turn Undo Unpack Unroll Update Use Verify Visit Wait Walk Warn
    Weigh Wrap Write Yield""".split()
)

# Labels of an old table, and words that say less than they seem to. Whole words, in docstrings.
LABELS = re.compile(
    r"\b(NOISE|WHEN|PROBLEM|INTEGRAL|FUNCTIONAL|STUDY|LABORATORY|MOVES|NETS|FIELDS|REVERSE|FLOW)\b"
)
QUAINT = re.compile(
    r"\b(mend it|as dear as|deaf to|hang on|errs too)\b|^Of the same|^Left to right\."
)

Sources = Mapping[str, str]


def nodes(sources: Sources) -> Iterator[tuple[str, ast.AST]]:
    """Every node of every source, with the source's name."""
    for name, source in sources.items():
        for node in ast.walk(ast.parse(source)):
            yield name, node


def parallel_assignments(sources: Sources) -> float:
    """The share of assignments that put several values into several names at once."""
    several = 0
    assignments = 0
    for _, node in nodes(sources):
        if isinstance(node, ast.Assign | ast.AnnAssign | ast.AugAssign):
            assignments += 1
        if (
            isinstance(node, ast.Assign)
            and isinstance(node.targets[0], ast.Tuple)
            and isinstance(node.value, ast.Tuple)
        ):
            several += 1
    return several / assignments


def conditional_expressions(sources: Sources) -> float:
    """Conditional expressions in 100 lines."""
    count = sum(isinstance(node, ast.IfExp) for _, node in nodes(sources))
    return 100.0 * count / sum(len(source.splitlines()) for source in sources.values())


def is_property(function: ast.FunctionDef) -> bool:
    return any("property" in ast.unparse(decorator) for decorator in function.decorator_list)


def public_functions(sources: Sources) -> Iterator[tuple[str, ast.FunctionDef]]:
    """Functions and methods without an underscore, but for those inside functions."""

    def visit(name: str, node: ast.AST) -> Iterator[tuple[str, ast.FunctionDef]]:
        for child in ast.iter_child_nodes(node):
            if isinstance(child, ast.FunctionDef) and not child.name.startswith("_"):
                yield f"{name}:{child.lineno} {child.name}", child
            elif isinstance(child, ast.ClassDef) and not child.name.startswith("_"):
                yield from visit(name, child)
            elif isinstance(child, ast.If | ast.Try):
                yield from visit(name, child)

    for name, source in sources.items():
        yield from visit(name, ast.parse(source))


def bare_any(sources: Sources) -> list[str]:
    """Public signatures with a parameter or a result of which nothing is said."""
    found = []
    for place, function in public_functions(sources):
        given = function.args
        parameters = [*given.posonlyargs, *given.args, *given.kwonlyargs]
        parameters += [extra for extra in (given.vararg, given.kwarg) if extra is not None]
        annotations = [parameter.annotation for parameter in parameters] + [function.returns]
        for annotation in annotations:
            if annotation is not None and ast.unparse(annotation) in ("Any", "Any | None"):
                found.append(place)
                break
    return found


def documented(sources: Sources) -> Iterator[tuple[str, str]]:
    """Every docstring, with its place."""
    kinds = ast.Module | ast.ClassDef | ast.FunctionDef
    for name, node in nodes(sources):
        if isinstance(node, kinds) and (text := ast.get_docstring(node)):
            yield f"{name}:{getattr(node, 'lineno', 1)}", text


def docstrings_without_a_verb(sources: Sources) -> list[str]:
    """Public functions whose docstring is missing, or does not begin with a verb of the list.

    What implements a protocol says it there: a method of engine/ may have none."""
    found = []
    for place, function in public_functions(sources):
        text = ast.get_docstring(function)
        if is_property(function):
            continue
        if text is None:
            if "/engine/" not in place:
                found.append(f"{place}: none")
        elif text.split()[0].rstrip(".,:") not in VERBS:
            found.append(f"{place}: {text.splitlines()[0]}")
    return found


def unfinished_summaries(sources: Sources) -> list[str]:
    """Docstrings whose first paragraph does not end like a sentence."""
    found = []
    for place, text in documented(sources):
        summary = text.split("\n\n")[0].strip()
        if not summary.endswith((".", ":", "?")):
            found.append(f"{place}: {summary}")
    return found


def labels_and_quaint_words(sources: Sources) -> list[str]:
    """Docstrings with a label in capitals or a quaint word."""
    found = []
    for place, text in documented(sources):
        if LABELS.search(text) or QUAINT.search(text):
            found.append(f"{place}: {text.splitlines()[0]}")
    return found


def section(text: str, heading: str) -> str | None:
    """The body of a section of a numpydoc docstring, or None."""
    match = re.search(rf"^{heading}\n-+\n(.*?)(?=^\w[\w ]*\n-+\n|\Z)", text, re.M | re.S)
    return match.group(1) if match else None


def parameters_left_out(function: Callable[..., Any]) -> list[str]:
    """The parameters of a function that its docstring does not name."""
    body = section(inspect.getdoc(function) or "", "Parameters") or ""
    heads = " ".join(line.split(":")[0] for line in body.splitlines() if not line.startswith(" "))
    named = set(re.findall(r"\w+", heads))
    parameters = [name for name in inspect.signature(function).parameters if name != "self"]
    return [name for name in parameters if name not in named]


def escaped_stars(sources: Sources) -> list[str]:
    """The docstrings with a backslash before a star, which `help` would show."""
    found = []
    for name, node in nodes(sources):
        if isinstance(node, ast.Module | ast.ClassDef | ast.FunctionDef):
            if "\\*" in (ast.get_docstring(node) or ""):
                found.append(f"{name}: {getattr(node, 'name', 'the file')}")
    return found
