"""The functions that matter, by their full names: they open libraries, run programs, or hand on what they are given.

Source: Python's documentation of `ctypes`, `subprocess`, `shutil.which`; cffi's of `ffi.dlopen`; pexpect's of `spawn`.
"""

from __future__ import annotations

import ast
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from pip_sysdeps.byname.module import Module

LOADERS = {"ctypes.CDLL", "ctypes.PyDLL", "ctypes.cdll", "ctypes.pydll", "_ctypes.dlopen"}
LOADERS |= {"ctypes.cdll.LoadLibrary", "ctypes.pydll.LoadLibrary"}
FINDER = "ctypes.util.find_library"
PROGRAM_FINDERS = {"shutil.which", "distutils.spawn.find_executable"}
"""They return None for a program that is not there, and do not fail."""
WITH_SHELL = {"subprocess.getoutput", "subprocess.getstatusoutput", "os.system", "os.popen"}
WITH_SHELL |= {"asyncio.create_subprocess_shell"}
RUNNERS = {f"subprocess.{name}" for name in ("run", "Popen", "call", "check_call", "check_output")}
RUNNERS |= {"asyncio.create_subprocess_exec"} | PROGRAM_FINDERS | WITH_SHELL
RUNNERS |= {f"os.{kind}" for kind in ("execv", "execve", "execvp", "execvpe", "execl", "execlp")}
RUNNERS |= {"os.posix_spawn", "os.posix_spawnp", "pexpect.spawn", "pexpect.run", "pexpect.spawnu", "pexpect.runu"}
CALLABLES = LOADERS | RUNNERS | {FINDER}
"""All that open or run what they are given."""
CALLERS = {"submit", "apply_async", "to_thread", "run_in_executor", "run_sync", "partial", "Thread", "Process"}
"""Functions, by their last names, that call a function which they are given, with the arguments behind it."""
STARRED = {
    "ctypes": ("CDLL", "PyDLL", "cdll", "pydll"),
    "ctypes.util": ("find_library",),
    "subprocess": ("run", "Popen", "call", "check_call", "check_output"),
}
"""What `from ... import *` brings, of what matters here."""
LISTS = {"list", "tuple", "iter", "next", "shlex.split"}
"""Those that keep the order: the first item is the first."""
SAME = {"str", "list", "tuple", "set", "frozenset", "sorted", "reversed", "iter", "next", "os.fspath", "os.fsencode"}
SAME |= {"bytes", "filter", "os.path.expanduser", "os.path.abspath", "os.path.realpath", "shutil.which", "Path"}
SAME |= {"pathlib.Path", "pathlib.PurePath", "pathlib.PurePosixPath", "distutils.spawn.find_executable", "enumerate"}
SAME |= {"shlex.split"}
"""Functions whose value is made of what they are given."""
DEFAULTED = {"os.getenv", "os.environ.get", "os.environ.setdefault"}
SAME_METHODS = {"encode", "decode", "strip", "copy", "keys", "resolve", "absolute", "as_posix", "expanduser"}
SAME_ATTRIBUTES = {"_dlltype", "value"}
"""Of `ctypes.cdll` the loader, of an enumeration's member its value."""


def last_name(node: ast.expr) -> str:
    """Return the last part of a dotted name: `run` of `self.tool.run`; nothing for another expression."""
    match node:
        case ast.Name(id=name) | ast.Attribute(attr=name):
            return name
    return ""


def first_name(node: ast.expr) -> str:
    """Return the first part of a dotted name; nothing for another expression."""
    while isinstance(node, ast.Attribute):
        node = node.value
    return node.id if isinstance(node, ast.Name) else ""


def first_argument(call: ast.Call) -> ast.expr | None:
    """Return the first argument of a call, by place or else by keyword."""
    return call.args[0] if call.args else call.keywords[0].value if call.keywords else None


def leaves(node: ast.AST) -> bool:
    """Return whether an expression is a call that ends the program: `sys.exit()`, `os._exit(1)`, `parser.exit()`."""
    match node:
        case ast.Call(func=ast.Name(id="exit" | "quit") | ast.Attribute(attr="exit" | "_exit")):
            return True
    return False


def is_cffi(call: ast.Call) -> bool:
    """Return whether a call opens a library as cffi does: `ffi.dlopen(...)`."""
    return isinstance(call.func, ast.Attribute) and call.func.attr == "dlopen"


def items_at(value: ast.expr, place: int, module: Module) -> ast.expr | None:
    """Return the collection that gives the items of one place: of `zip(a, b)`, of a dictionary's `items()`."""
    match value:
        case ast.Call(func=ast.Attribute(value=mapping, attr="items")) if place == 1:
            return mapping
        case ast.Call(func=func, args=arguments) if place < len(arguments):
            return arguments[place] if module.dotted(func) in {"zip", "itertools.product"} else None
    return None
