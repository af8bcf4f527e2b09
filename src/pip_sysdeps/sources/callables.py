"""Functions that open libraries, run programs, or return their arguments, by full name.

Source: Python's documentation of `ctypes`, `subprocess`, `shutil.which`; cffi's of `ffi.dlopen`; pexpect's of `spawn`.
"""

from __future__ import annotations

LOADERS = {"ctypes.CDLL", "ctypes.PyDLL", "ctypes.cdll", "ctypes.pydll", "_ctypes.dlopen"}
LOADERS |= {"ctypes.cdll.LoadLibrary", "ctypes.pydll.LoadLibrary"}
FINDER = "ctypes.util.find_library"
LONGEST_NAME = 255
"""NAME_MAX of Linux: no file has a longer name."""
STEM = "-l"
"""Prefix of an argument of `find_library`, as of ld(1)."""
MODULE = "-m"
"""Prefix of a module that Python runs as a program, as of python(1)."""
PROGRAM_FINDERS = {"shutil.which", "distutils.spawn.find_executable"}
"""They return None for a missing program, and do not fail."""
SEARCHES = {FINDER, *PROGRAM_FINDERS}
WITH_SHELL = {"subprocess.getoutput", "subprocess.getstatusoutput", "os.system", "os.popen"}
WITH_SHELL |= {"asyncio.create_subprocess_shell"}
RUNNERS = {f"subprocess.{name}" for name in ("run", "Popen", "call", "check_call", "check_output")}
RUNNERS |= {"asyncio.create_subprocess_exec"} | PROGRAM_FINDERS | WITH_SHELL
RUNNERS |= {f"os.{kind}" for kind in ("execv", "execve", "execvp", "execvpe", "execl", "execlp")}
RUNNERS |= {"os.posix_spawn", "os.posix_spawnp", "pexpect.spawn", "pexpect.run", "pexpect.spawnu", "pexpect.runu"}
CALLABLES = LOADERS | RUNNERS | {FINDER}
"""All functions that open or run their argument."""
FIRST_PARAMETERS = ("args", "cmd", "command", "name", "program", "executable", "file")
"""Names of the first parameters of these functions; `executable` is a later one of `subprocess.Popen`."""
CALLERS = {"submit", "apply_async", "to_thread", "run_in_executor", "run_sync", "partial", "Thread", "Process"}
"""Last names of functions that call their argument, with the arguments after it."""
STARRED = {
    "ctypes": ("CDLL", "PyDLL", "cdll", "pydll"),
    "ctypes.util": ("find_library",),
    "subprocess": ("run", "Popen", "call", "check_call", "check_output"),
}
"""Names that `from ... import *` defines, as far as they matter here."""
LISTS = {"list", "tuple", "iter", "next", "shlex.split", "itertools.chain", "itertools.chain.from_iterable"}
"""Functions that keep the order, so the first item stays first."""
SAME = {"str", "list", "tuple", "set", "frozenset", "sorted", "reversed", "iter", "next", "os.fspath", "os.fsencode"}
SAME |= {"bytes", "filter", "os.path.expanduser", "os.path.abspath", "os.path.realpath", "shutil.which", "Path"}
SAME |= {"pathlib.Path", "pathlib.PurePath", "pathlib.PurePosixPath", "distutils.spawn.find_executable", "enumerate"}
SAME |= {"shlex.split", "itertools.chain", "itertools.chain.from_iterable"}
"""Functions whose result consists of their arguments."""
DEFAULTED = {"os.getenv", "os.environ.get", "os.environ.setdefault"}
CASES = {
    "lower": str.lower,
    "casefold": str.lower,
    "upper": str.upper,
    "title": str.title,
    "capitalize": str.capitalize,
}
"""Methods that change the letters of a text."""
SAME_METHODS = {"encode", "decode", "strip", "copy", "keys", "resolve", "absolute", "as_posix", "expanduser"}
SAME_ATTRIBUTES = {"_dlltype", "value"}
"""Attributes that stand for their object: the loader of `ctypes.cdll`, the value of an enum member."""
