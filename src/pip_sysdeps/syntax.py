"""Python source text that others wrote, as a tree: nothing of it is run, and the parser says nothing about it."""

from __future__ import annotations

import ast
import warnings


def parse_python(source: bytes | str) -> ast.Module | None:
    """Return the tree of a source, or None for what is no Python of this interpreter, or is nested too deeply.

    The parser's warnings, such as that of an invalid escape, are for who wrote it; `-W error` makes no error of them.
    """
    with warnings.catch_warnings():
        warnings.simplefilter("ignore")
        try:
            return ast.parse(source)
        except (SyntaxError, ValueError, RecursionError, MemoryError):
            return None
