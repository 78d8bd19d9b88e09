"""Python syntax nodes that have a place from the start, so that trees compile at once.

`compile` asks every statement and expression for its line. `ast.fix_missing_locations`
would give them one by walking the tree again, which took longer than compiling it.
"""

from __future__ import annotations

import ast


class _Placed:
    """All generated code stands on line 1: it is reported by criterion, not by line."""

    lineno = 1
    col_offset = 0
    end_lineno: int | None = 1
    end_col_offset: int | None = 0


class Name(_Placed, ast.Name):
    """A local or a constant by name."""


class Constant(_Placed, ast.Constant):
    """A constant that code may hold."""


class Compare(_Placed, ast.Compare):
    """A comparison."""


class BoolOp(_Placed, ast.BoolOp):
    """`and`, `or`."""


class UnaryOp(_Placed, ast.UnaryOp):
    """`not`, minus."""


class BinOp(_Placed, ast.BinOp):
    """Arithmetic."""


class IfExp(_Placed, ast.IfExp):
    """A choice between values."""


class Call(_Placed, ast.Call):
    """A call."""


class Attribute(_Placed, ast.Attribute):
    """A method of a value."""


class Subscript(_Placed, ast.Subscript):
    """A member by its place."""


class Tuple(_Placed, ast.Tuple):
    """A tuple."""


class List(_Placed, ast.List):
    """A list."""


class ListComp(_Placed, ast.ListComp):
    """A list made in a loop."""


class Assign(_Placed, ast.Assign):
    """An assignment."""


class Expr(_Placed, ast.Expr):
    """An expression for its effect."""


class If(_Placed, ast.If):
    """A test."""


class For(_Placed, ast.For):
    """A loop."""


class Return(_Placed, ast.Return):
    """The result."""


class Pass(_Placed, ast.Pass):
    """Nothing."""


class FunctionDef(_Placed, ast.FunctionDef):
    """A function."""


class Argument(_Placed, ast.arg):
    """A parameter of a function."""
