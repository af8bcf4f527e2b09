"""Choose the sources that are worth parsing, by searching their bytes: nine in ten name nothing."""

from __future__ import annotations

import re
from functools import lru_cache
from typing import NamedTuple

from pip_sysdeps.sources.source import any_of

_LOADER_BYTES = (b"DLL", b"dlopen")
_LIBRARY_BYTES = (b"oadLibrary", b"load_library", b"find_library")
"""All of them contain `ibrary`, so most sources need three searches instead of five."""
_OPENS = rb"\b(?:CDLL|PyDLL|LoadLibrary|find_library)\b|(?:dlopen|load_library|loadLibrary)\(\s*[^\s:)]"
_NAMES_LIBRARY = rb"\.so\b|\bfind_library\b|(?:[lL]oad_?[lL]ibrary|dlopen)\(\s*(?:[\w.]+,\s*)?[\"'(\[]|lib[\"']"
_FILES = (b"require_version", b"load_extension(")
_RUNNER_BYTES = (b"subprocess", b"which(", b"find_executable", b"os.popen", b"os.system")
_RUNNER_PARTS = {b"exec": (b"execv", b"execl"), b"spawn": (b"posix_spawn", b"pexpect")}
"""More of them, by a common part, so most sources need two searches instead of four."""
_WORD = rb"""\s*f?["'](?:/(?:usr/)?s?bin/)?([A-Za-z0-9][\w.+-]*)(?:["']| -)"""
_RUNS = (rb"[\[(=]" + _WORD, rb"return" + _WORD, rb"yield" + _WORD)
"""Each pattern starts with fixed text; a single pattern for all takes four times as long."""
_RUN = rb"(?:\b(?:run|Popen|call|check_call|check_output|getoutput|getstatusoutput|system|popen|which|execvp?e?|execlp?"
_RUN += rb"|posix_spawnp?|spawn)|subprocess_exec|subprocess_shell)\((?:\s*args\s*=)?(?:\s*[\[(])?"
_RUN_OF = _RUN + _WORD
_CALL = rb"\b%s\s*[(,)]"
"""A call, a function passed on with its arguments, `partial(run, "tool")`, or a base class."""
_SETS = rb"\b%s(?:\(self\)|\s*(?::[^=\n]{0,200})?=[^=\n][^\n]{0,200}[\"'])"
"""A property, or an assignment with a string on the same line."""
_WINDOWS_MODULES = rb"(?:_?winreg|msvcrt|_winapi|winsound|win32\w+|pythoncom|pywintypes)\b"
_WINDOWS_NAMES = rb"(?:windll|oledll|WinDLL|OleDLL|WINFUNCTYPE)\b"
_ONLY_WINDOWS = re.compile(
    rb"\n(?:(?:import|from) +%s|from ctypes import [^\n]*\b%s|(?:\w+ *= *)?(?:ctypes\.)?%s(?! *=[^=])(?![^\n#]*\bif\b))"
    % (_WINDOWS_MODULES, _WINDOWS_NAMES, _WINDOWS_NAMES)
)
"""Statements at the start of a line, outside any block, that fail on other systems."""


def fails_on_linux(source: bytes) -> bool:
    """Return whether importing a source fails on Linux."""
    return _ONLY_WINDOWS.search(b"\n" + source) is not None


def loads(source: bytes) -> bool:
    """Return whether a source has the name of a function that loads libraries."""
    is_loader = any(word in source for word in _LOADER_BYTES) or (
        b"ibrary" in source and any(word in source for word in _LIBRARY_BYTES)
    )
    return is_loader and re.search(_OPENS, source) is not None


def opens(source: bytes) -> bool:
    """Return whether a source may open a library or a file that it names."""
    return (loads(source) and re.search(_NAMES_LIBRARY, source) is not None) or opens_files(source)


def opens_files(source: bytes) -> bool:
    """Return whether a source may open a typelib or an SQLite extension."""
    return any(word in source for word in _FILES)


def runs(source: bytes) -> frozenset[str]:
    """Return the words that may be programs which a source runs."""
    return program_words(source) if is_runner(source) else frozenset()


def program_words(source: bytes) -> frozenset[str]:
    """Return the words in places where a program's name may be."""
    return frozenset().union(*(_words(pattern, source) for pattern in _RUNS))


def is_runner(source: bytes) -> bool:
    """Return whether a source has the name of a function that runs or finds programs."""
    return any(word in source for word in _RUNNER_BYTES) or any(
        part in source and any(word in source for word in words) for part, words in _RUNNER_PARTS.items()
    )


def quotes(source: bytes, words: frozenset[bytes]) -> bool:
    """Return whether a source has one of the words as a string, or at the start of one."""
    begun = ((mark + word, mark) for word in words for mark in (b'"', b"'"))
    return any(begin in source and (begin + mark in source or begin + b" " in source) for begin, mark in begun)


def runs_directly(source: bytes) -> frozenset[str]:
    """Return the words passed to functions that run programs."""
    return _words(_RUN_OF, source)


def defines(source: bytes, names: frozenset[str]) -> bool:
    """Return whether a source imports or defines one of the names, or assigns a string, number or call to it."""
    name = any_of(names)
    forms = (
        rb"^[ \t]*%s\b[^=\n]*=(?:\s*[\[{\d]|[^\n]*[(\"'])",
        rb"^(?:async def|def|class) %s[(:]",
        rb"import[^\n]{0,200}\b%s\b",
    )
    return re.search(b"(?m)" + b"|".join(form % name for form in forms), source) is not None


def _words(pattern: bytes, source: bytes) -> frozenset[str]:
    return frozenset(word.decode("ascii", "replace") for word in re.findall(pattern, source))


class Wanted(NamedTuple):
    """Names that the parsed sources use, and that other sources may define or call."""

    openers: frozenset[str]
    """Functions that open a library named by a parameter."""
    runners: frozenset[str]
    """Functions that run a program named by a parameter."""
    attributes: frozenset[str]
    """Attributes that no parsed source sets."""

    def is_opened_in(self, source: bytes) -> bool:
        """Return whether a source calls an opener."""
        return _has(source, self.openers, _CALL)

    def is_named_in(self, source: bytes) -> bool:
        """Return whether a source calls a runner or sets an attribute."""
        return _has(source, self.runners, _CALL) or _has(source, self.attributes, _SETS)


def _has(source: bytes, names: frozenset[str], form: bytes) -> bool:
    return any(name.encode() in source for name in names) and _pattern(names, form).search(source) is not None


@lru_cache(maxsize=16)
def _pattern(names: frozenset[str], form: bytes) -> re.Pattern[bytes]:
    return re.compile(form % any_of(names))
