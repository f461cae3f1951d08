"""Small faults of a source file, one at a time: what a mutation run puts in for tests to find.

A *mutant* is a file with one fault: a comparison with its neighbour, a sum made a difference, a
number one larger, a condition negated, a statement dropped. The faults are found in the syntax
tree and put into the text, so that all other lines stay as they are.

Left out, because no test could or should see them: docstrings and all other text, annotations and
type aliases, blocks for type checkers, imports, decorators, `__all__`, text that is put together,
and what an exception is raised with (but that it is raised at all is tested).
"""

from __future__ import annotations

import ast
from collections.abc import Iterator
from dataclasses import dataclass
from typing import Any

COMPARISONS: dict[type, type] = {
    ast.Lt: ast.LtE,
    ast.LtE: ast.Lt,
    ast.Gt: ast.GtE,
    ast.GtE: ast.Gt,
    ast.Eq: ast.NotEq,
    ast.NotEq: ast.Eq,
    ast.Is: ast.IsNot,
    ast.IsNot: ast.Is,
    ast.In: ast.NotIn,  # codespell:ignore notin
    ast.NotIn: ast.In,  # codespell:ignore notin
}
OPERATIONS: dict[type, type] = {
    ast.Add: ast.Sub,
    ast.Sub: ast.Add,
    ast.Mult: ast.Div,
    ast.Div: ast.Mult,
    ast.FloorDiv: ast.Div,
    ast.Mod: ast.Mult,
    ast.Pow: ast.Mult,
    ast.MatMult: ast.Mult,
    ast.BitAnd: ast.BitOr,
    ast.BitOr: ast.BitAnd,
    ast.BitXor: ast.BitOr,
    ast.LShift: ast.RShift,
    ast.RShift: ast.LShift,
}
# Conditions that have faults of their own: others are negated.
FAULTY = (ast.Compare, ast.BoolOp, ast.UnaryOp, ast.Constant)
# Functions of which it does not matter which argument comes first.
SYMMETRIC = {"min", "max", "minimum", "maximum", "fma", "hypot", "gcd", "array_equal"}
EXTREMES = {"min": "max", "max": "min"}


@dataclass(frozen=True)
class Mutant:
    """One fault: the bytes start .. end - 1 of a file become `after`."""

    path: str
    line: int
    operator: str
    start: int
    end: int
    before: str
    after: str

    @property
    def name(self) -> str:
        """What this fault is called in reports; no other fault has the name."""
        return f"{self.path}:{self.line}:{self.start}-{self.end}:{self.operator}"

    def apply(self, source: bytes) -> bytes:
        """Return the source with this fault."""
        assert source[self.start : self.end].decode() == self.before, self.name
        return source[: self.start] + self.after.encode() + source[self.end :]


def find_mutants(path: str, source: str) -> list[Mutant]:
    """Return all faults that a file can be given, in the order of their places."""
    lines = source.encode().splitlines(keepends=True)
    begins = [0]
    for line in lines:
        begins.append(begins[-1] + len(line))
    found = []
    for node, operator, after in _walk(ast.parse(source)):
        start = begins[node.lineno - 1] + node.col_offset
        end = begins[node.end_lineno - 1] + node.end_col_offset
        before = source.encode()[start:end].decode()
        found.append(Mutant(path, node.lineno, operator, start, end, before, after))
    return sorted(found, key=lambda mutant: (mutant.start, mutant.operator))


def _walk(node: Any) -> Iterator[tuple[Any, str, str]]:
    """Yield the faults at a node and below it: where, by which operator, and the new text."""
    if _is_left_out(node):
        return
    for operator, after in _faults(node):
        yield node, operator, after
    if isinstance(node, ast.If | ast.While | ast.IfExp) and not isinstance(node.test, FAULTY):
        yield node.test, "negate", _text(ast.UnaryOp(ast.Not(), node.test))
    for child in _children(node):
        yield from _walk(child)


def _is_left_out(node: Any) -> bool:
    match node:
        case ast.Import() | ast.ImportFrom() | ast.JoinedStr():
            return True
        case ast.Expr(value=ast.Constant()):  # a docstring, or the dots of a protocol
            return True
        case ast.If(test=test):
            return ast.unparse(test).endswith("TYPE_CHECKING")
        case ast.Assign(targets=[ast.Name(id="__all__")]):
            return True
        case ast.AnnAssign(annotation=annotation):
            return ast.unparse(annotation).endswith("TypeAlias")
    return False


def _children(node: Any) -> list[Any]:
    """Return the nodes below one in which faults are looked for."""
    match node:
        case ast.Raise():
            return []
        case ast.FunctionDef() | ast.AsyncFunctionDef():
            return [*node.args.defaults, *filter(None, node.args.kw_defaults), *node.body]
        case ast.ClassDef():
            return node.body
        case ast.AnnAssign():
            return [] if node.value is None else [node.value]
        case ast.Lambda():
            return [node.body]
    return list(ast.iter_child_nodes(node))


def _faults(node: Any) -> Iterator[tuple[str, str]]:
    """Yield the faults of one node: the operator's name and the text in its place."""
    match node:
        case ast.Compare(ops=[first, *others]):
            other = COMPARISONS[type(first)]()
            yield "compare", _text(ast.Compare(node.left, [other, *others], node.comparators))
        case ast.BoolOp(op=ast.And()):
            yield "and/or", _text(ast.BoolOp(ast.Or(), node.values))
        case ast.BoolOp(op=ast.Or()):
            yield "and/or", _text(ast.BoolOp(ast.And(), node.values))
        case ast.BinOp(op=op) if type(op) in OPERATIONS and not _is_text(node):
            yield "arithmetic", _text(ast.BinOp(node.left, OPERATIONS[type(op)](), node.right))
        case ast.UnaryOp(op=ast.USub() | ast.Not() | ast.Invert(), operand=operand):
            yield "unary", _text(operand)
        case ast.Constant(value=value):
            yield from _other_constants(value)
        case ast.Call(args=[first, second, *rest], func=func):
            starred = isinstance(first, ast.Starred) or isinstance(second, ast.Starred)
            symmetric = ast.unparse(func).split(".")[-1] in SYMMETRIC
            if not (starred or symmetric or ast.unparse(first) == ast.unparse(second)):
                yield "swap arguments", _text(ast.Call(func, [second, first, *rest], node.keywords))
    match node:
        case ast.Call(func=ast.Name(id="min" | "max" as name)):
            other_name = ast.Name(EXTREMES[name])
            yield "min/max", _text(ast.Call(other_name, node.args, node.keywords))
        case ast.Return(value=value) if value is not None and not _is_none(value):
            yield "return None", "return None"
        case ast.Break():
            yield "break/continue", "continue"
        case ast.Continue():
            yield "break/continue", "break"
        case ast.AugAssign():
            yield "drop statement", "pass"
            if type(node.op) in OPERATIONS:
                other_op = OPERATIONS[type(node.op)]()
                yield "arithmetic", ast.unparse(ast.AugAssign(node.target, other_op, node.value))
        case ast.Expr(value=ast.Call()) | ast.Raise() | ast.Delete():
            yield "drop statement", "pass"
        case ast.Assign(targets=[ast.Attribute() | ast.Subscript()]):
            yield "drop statement", "pass"


def _other_constants(value: object) -> Iterator[tuple[str, str]]:
    """Yield another number for a number; text and None have no neighbours."""
    if isinstance(value, bool):
        yield "constant", repr(not value)
    elif isinstance(value, int):
        yield "constant", f"({value + 1})"
    elif isinstance(value, float):
        yield "constant", f"({value * 1.01!r})" if value != 0.0 else "(0.01)"


def _is_text(node: Any) -> bool:
    """Return whether an operation puts text together."""
    sides = [node.left, node.right]
    for side in sides:
        if isinstance(side, ast.JoinedStr):
            return True
        if isinstance(side, ast.Constant) and isinstance(side.value, str | bytes):
            return True
    return False


def _is_none(node: Any) -> bool:
    return isinstance(node, ast.Constant) and node.value is None


def _text(expression: Any) -> str:
    """Return the text of an expression, in parentheses because it may stand inside another."""
    return f"({ast.unparse(expression)})"
