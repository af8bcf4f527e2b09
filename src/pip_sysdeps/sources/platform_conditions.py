"""Evaluate conditions on the platform and on the version of Python.

Source: Python's documentation of `sys.platform`, `os.name`, `platform.system`, `sys.version_info`; that of `six`.
"""

from __future__ import annotations

import ast
import re
from operator import eq, ge, gt, le, lt, ne
from typing import TYPE_CHECKING, NamedTuple

if TYPE_CHECKING:
    from collections.abc import Callable

    from pip_sysdeps.sources.steps import Steps

PLATFORM = {"sys.platform": "linux", "platform.system": "Linux", "os.name": "posix"}
PLATFORM |= {"sys.executable": "/usr/bin/python3"}
"""Values of platform names on Linux."""

Version = tuple[int, ...]
ANY_PYTHON: Version = (3,)
"""Known part of the version of an unknown Python."""
_VERSIONS = {"six.PY3": True, "six.PY2": False}

_NOT_HERE = {"os.add_dll_directory", "os.startfile", "ctypes.windll", "ctypes.WinDLL", "ctypes.oledll", "sys.frozen"}
_DEEP = 4
"""Maximum number of variables that refer to each other."""
_FOREIGN_NAME = (
    r"(?:Darwin|Win(?:dows|32|64)|Mac_?OS[xX]?|OSX|(?:Free|Open|Net)BSD|Cygwin|SunOS)(?![a-z])"
    r"|(?:^|_)(?:darwin|win(?:dows|32|64)|mac_?osx?|osx|(?:free|open|net)bsd|cygwin|sunos)(?=$|_)"
)
_OWN_NAME = "(?i:linux|unix|posix)"
_FLAG = (
    r"(?i:_*(?:is|on|running_on)_?(?:(?P<own>linux|unix|posix)"
    r"|windows|win(?:32|64)?|nt|mac_?(?:osx?)?|osx|darwin|cygwin)(?:_?(?:os|platform|system))?)"
)
_CONSTANT = "_*(?:(?P<own>LINUX|POSIX)|WINDOWS|WIN32|MAC_?OSX?|OSX|DARWIN|CYGWIN)"
"""Names of flags and functions for a system: `IS_WINDOWS`, `is_mac()`, `DARWIN`."""
_COMPARE = {ast.Lt: lt, ast.LtE: le, ast.Gt: gt, ast.GtE: ge, ast.Eq: eq, ast.NotEq: ne}
_SYSTEM = {"os.uname": "sysname", "platform.uname": "system"}
"""Functions that return the system's name as their first item, or under this name."""


def is_foreign_name(name: str) -> bool:
    """Return whether a class or function is named after another system: `DarwinInfo`, `load_win32`."""
    return re.search(_FOREIGN_NAME, name) is not None and not re.search(_OWN_NAME, name)


def _flag(name: str) -> bool | None:
    """Return the value on Linux of a flag or function that is named after a system; None for other names."""
    match = re.fullmatch(_FLAG, name) or re.fullmatch(_CONSTANT, name)
    return match["own"] is not None if match else None


class Linux(NamedTuple):
    """Evaluates the conditions of one scope, on Linux with a version of Python."""

    dotted: Callable[[ast.expr], str]
    """Returns the full name of an expression, such as `sys.platform`."""
    values: Callable[[str], ast.expr | None]
    """Returns the only value of a variable."""
    steps: Steps
    python: Version = ANY_PYTHON

    def decide(self, node: ast.expr, depth: int = 0) -> bool | None:  # noqa: PLR0911 - one for each form of a condition
        """Return the value of a condition; None if the platform and the version do not decide it."""
        self.steps.take()
        match node:
            case ast.UnaryOp(op=ast.Not(), operand=operand):
                decided = self.decide(operand, depth)
                return None if decided is None else not decided
            case ast.BoolOp(op=operator, values=parts):
                found, decisive = {self.decide(part, depth) for part in parts}, isinstance(operator, ast.Or)
                return decisive if decisive in found else None if None in found else not decisive
            case ast.Compare(left=left, ops=[operator], comparators=[right]):
                return self._comparison(left, operator, right, depth)
            case ast.Call(func=ast.Attribute(value=value, attr="startswith" | "endswith" as method), args=[argument]):
                have, wanted = self.text(value, depth), _strings(argument)
                return getattr(have, method)(wanted) if have and wanted is not None else None
            case ast.Call(func=ast.Name(id="hasattr"), args=[ast.expr() as module, ast.Constant(value=str(name))]):
                return False if f"{self.dotted(module)}.{name}" in _NOT_HERE else None
            case ast.Name(id="TYPE_CHECKING") | ast.Attribute(attr="TYPE_CHECKING"):
                return False
            case ast.Name(id=name) if depth < _DEEP and (known := self.values(name)) is not None:
                decided = self.decide(known, depth + 1)
                return _flag(name) if decided is None else decided
            case ast.Name(id=name) | ast.Attribute(attr=name):
                return _VERSIONS.get(self.dotted(node), _flag(name))
            case ast.Call(func=ast.Name(id=name) | ast.Attribute(attr=name), args=[]):
                return _flag(name)
        return None

    def _comparison(self, left: ast.expr, operator: ast.cmpop, right: ast.expr, depth: int) -> bool | None:
        """Return the value of a comparison with the platform's name, with a version, or of an error with ENOENT."""
        match left, right:
            case _, ast.Constant() | ast.Tuple() if version := self.version(left):
                return _version_compared(version, operator, right)
            case ast.Constant(value=str(part)), _ if isinstance(operator, ast.In | ast.NotIn):
                have = self.text(right, depth)
                return (part in have) is isinstance(operator, ast.In) if have else None
            case (
                ast.Attribute(attr="errno"),
                ast.Name(id="ENOENT") | ast.Attribute(attr="ENOENT") | ast.Constant(value=2),
            ) if isinstance(operator, ast.Eq | ast.NotEq):
                return isinstance(operator, ast.Eq)  # what matters here is the error for something missing
        have = self.text(left.value if isinstance(left, ast.NamedExpr) else left, depth)
        return _compared(have, operator, right) if have else None

    def version(self, node: ast.expr) -> _Known | None:
        """Return the known part of an expression for `sys.version_info`."""
        match node:
            case ast.Attribute(attr="major"):
                return self.version(node.value) and _Known(self.python[:1], ends=True)
            case ast.Subscript(value=value, slice=ast.Constant(value=0)):
                return self.version(value) and _Known(self.python[:1], ends=True)
            case ast.Subscript(value=value, slice=ast.Slice(lower=None, upper=ast.Constant(value=int(end)), step=None)):
                return self.version(value) and _Known(self.python[:end], ends=0 <= end <= len(self.python))
        return _Known(self.python, ends=False) if self.dotted(node) == "sys.version_info" else None

    def text(self, node: ast.expr, depth: int) -> str | None:  # noqa: PLR0911 - one for each form of a text
        """Return the text of an expression on Linux."""
        match node:
            case ast.Call(func=ast.Attribute(value=value, attr="lower"), args=[]):
                inner = self.text(value, depth)
                return None if inner is None else inner.lower()
            case ast.Call(func=func, args=[]):
                return PLATFORM.get(self.dotted(func))
            case ast.Attribute(value=ast.Call(func=func, args=[]), attr=name):
                return PLATFORM["platform.system"] if _SYSTEM.get(self.dotted(func)) == name else None
            case ast.Subscript(value=ast.Call(func=func), slice=ast.Constant(value=0)) if self.dotted(func) in _SYSTEM:
                return PLATFORM["platform.system"]
            case ast.Subscript(value=value):
                return self.text(value, depth)
            case ast.Name(id=name) if depth < _DEEP and (known := self.values(name)) is not None:
                return self.text(known, depth + 1)
        return PLATFORM.get(self.dotted(node))


class _Known(NamedTuple):
    """The first numbers of a version."""

    numbers: Version
    ends: bool
    """Whether the version ends there."""


def _version_compared(have: _Known, operator: ast.cmpop, right: ast.expr) -> bool | None:
    """Compare a version with a number or a tuple; None if unknown numbers decide."""
    items = right.elts if isinstance(right, ast.Tuple) else [right]
    wanted = tuple(each.value for each in items if isinstance(each, ast.Constant) and isinstance(each.value, int))
    begins_alike = have.numbers[: len(wanted)] == wanted[: len(have.numbers)]
    if len(wanted) != len(items) or (begins_alike and not have.ends and len(have.numbers) < len(wanted)):
        return None
    numbers = have.numbers if have.ends else (*have.numbers, 0)  # there are more: `(3, 11, 4) > (3, 11)`
    compare = _COMPARE.get(type(operator))
    return compare(numbers, wanted) if compare else None


def _compared(have: str, operator: ast.cmpop, right: ast.expr) -> bool | None:
    """Compare a text with a literal string or collection of strings."""
    wanted = _strings(right)
    if wanted is None:
        return None
    match operator:
        case ast.Eq() | ast.In() | ast.Is():
            return have in wanted
        case ast.NotEq() | ast.NotIn() | ast.IsNot():
            return have not in wanted
    return None


def _strings(node: ast.expr) -> tuple[str, ...] | None:
    """Return a literal string or collection of strings."""
    match node:
        case ast.Constant(value=str(text)):
            return (text,)
        case ast.Tuple(elts=items) | ast.List(elts=items) | ast.Set(elts=items):
            texts = [item.value for item in items if isinstance(item, ast.Constant) and isinstance(item.value, str)]
            return tuple(texts) if len(texts) == len(items) else None
    return None
