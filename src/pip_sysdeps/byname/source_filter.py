"""Which sources are worth reading, told by a search of their bytes: nine in ten name nothing and are never parsed."""

from __future__ import annotations

import re
from functools import lru_cache
from typing import NamedTuple

_LOADER_BYTES = (b"DLL", b"dlopen")
_LIBRARY_BYTES = (b"oadLibrary", b"load_library", b"find_library")
"""All these have `ibrary` in them: three looks at most sources instead of five."""
_OPENS = rb"\b(?:CDLL|PyDLL|LoadLibrary|find_library)\b|(?:dlopen|load_library|loadLibrary)\(\s*[^\s:)]"
_NAMES_LIBRARY = rb"\.so\b|\bfind_library\b|(?:[lL]oad_?[lL]ibrary|dlopen)\(\s*(?:[\w.]+,\s*)?[\"'(\[]|lib[\"']"
_FILES = (b"require_version", b"load_extension(")
_RUNNER_BYTES = (b"subprocess", b"which(", b"os.popen", b"os.system")
_SETTING_BYTES = (b"BINARY", b"EXECUTABLE")
_IS_SET = rb"(?:BINARY|EXECUTABLE)\s*[:=]"
_WORD = rb"""\s*f?["'](?:/(?:usr/)?s?bin/)?([A-Za-z0-9][\w.+-]*)(?:["']| -)"""
_RUNS = (rb"[\[(=]" + _WORD, rb"return" + _WORD, rb"yield" + _WORD)
"""Patterns with a fixed beginning each: one with all takes four times as long."""
_RUN = rb"\b(?:run|Popen|call|check_call|check_output|getoutput|getstatusoutput|system|popen|which|subprocess_exec"
_RUN += rb"|subprocess_shell|execvp?e?)\(\s*(?:args\s*=\s*)?[\[(]?"
_RUN_OF = _RUN + _WORD
_RUN_OF_NAME = _RUN + rb"\s*\*?[A-Za-z_]"
_FEW_NAMES = 16
"""More names are found faster by a look at every call."""
_CALL = rb"(?<![\w\x80-\xff])([A-Za-z_\x80-\xff][\w\x80-\xff]*)\s*\("
_NOT_SHIPPED = re.compile(
    r"(?:^|/)(?:tests?|testing|docs?|examples?|benchmarks?|conftest\.py|setup\.py|test_[^/]*|[^/]*_test\.py"
    r"|[^/]*\.(?:dist|egg)-info|_build(?:_[^/]*)?(?:\.py)?|_?version(?:ing|eer)?\.py)(?:/|$)"
)
"""Tests, documentation, metadata, and what makes or releases the distribution itself."""
_FOREIGN_FOLDER = re.compile(
    r"(?:^|[/_.])_?(?:(?:win|win32|windows|nt|mac|macos|macosx|osx|cocoa|quartz|android|ios|bsd|freebsd|cygwin)"
    r"(?=$|[/_.])|darwin)",
    re.IGNORECASE,
)


def is_used(path: str) -> bool:
    """Return whether a source, by its path in the distribution, takes part in its use on Linux."""
    return path.endswith(".py") and not _NOT_SHIPPED.search(path) and not _is_foreign(path)


def _is_foreign(path: str) -> bool:
    """Return whether a source's path, relative to its distribution, says that it is for another system."""
    return _FOREIGN_FOLDER.search(path.removesuffix(".py")) is not None


def loads(source: bytes) -> bool:
    """Return by a quick search whether a source has a word for a loader of libraries."""
    is_loader = any(word in source for word in _LOADER_BYTES) or (
        b"ibrary" in source and any(word in source for word in _LIBRARY_BYTES)
    )
    return is_loader and re.search(_OPENS, source) is not None


def opens(source: bytes) -> bool:
    """Return by a quick search whether a source may open a library or a file that it names."""
    return (loads(source) and re.search(_NAMES_LIBRARY, source) is not None) or opens_files(source)


def opens_files(source: bytes) -> bool:
    """Return by a quick search whether a source may open a typelib, or an extension of SQLite."""
    return any(word in source for word in _FILES)


def runs(source: bytes) -> frozenset[str]:
    """Return by a quick search the words that may be programs which a source runs."""
    return program_words(source) if is_runner(source) or sets_program(source) else frozenset()


def program_words(source: bytes) -> frozenset[str]:
    """Return the words that stand where the name of a program may."""
    return frozenset().union(*(_words(pattern, source) for pattern in _RUNS))


def sets_program(source: bytes) -> bool:
    """Return by a quick search whether a source sets a variable for a program: `DOT_BINARY = "dot"`."""
    return any(word in source for word in _SETTING_BYTES) and re.search(_IS_SET, source) is not None


def is_runner(source: bytes) -> bool:
    """Return by a quick search whether a source has a word for what runs or looks for programs."""
    return any(word in source for word in _RUNNER_BYTES)


def quotes(source: bytes, words: frozenset[bytes]) -> bool:
    """Return by a quick search whether a source has one of the words as a string, or as the first word of one."""
    begun = ((mark + word, mark) for word in words for mark in (b'"', b"'"))
    return any(begin in source and (begin + mark in source or begin + b" " in source) for begin, mark in begun)


def runs_directly(source: bytes) -> frozenset[str]:
    """Return the words that a source gives to what runs programs."""
    return _words(_RUN_OF, source)


def runs_variable(source: bytes) -> bool:
    """Return whether a source runs what a variable names."""
    return re.search(_RUN_OF_NAME, source) is not None


def defines(source: bytes, names: frozenset[str]) -> bool:
    """Return by a quick search whether a source sets one of the names to a string, or imports or defines it."""
    name = _any_of(names)
    forms = (rb"^%s\b[^=\n]*=\s*[\[({]?\s*f?[\"']", rb"^(?:def|class) %s[(:]", rb"import[^\n]*\b%s\b")
    return re.search(b"(?m)" + b"|".join(form % name for form in forms), source) is not None


def _any_of(names: frozenset[str]) -> bytes:
    """Return a pattern for one of the names; for none of them, one that nothing matches."""
    return b"(?:" + b"|".join(re.escape(name.encode()) for name in sorted(names)) + b")" if names else b"(?!)"


def _words(pattern: bytes, source: bytes) -> frozenset[str]:
    return frozenset(word.decode("ascii", "replace") for word in re.findall(pattern, source))


def _calls(source: bytes, names: frozenset[str]) -> bool:
    if len(names) > _FEW_NAMES:
        return any(name.decode("utf-8", "replace") in names for name in re.findall(_CALL, source))
    return any(name.encode() in source for name in names) and _call_of(names).search(source) is not None


@lru_cache(maxsize=8)
def _call_of(names: frozenset[str]) -> re.Pattern[bytes]:
    return re.compile(rb"\b" + _any_of(names) + rb"\s*\(")


_NONE: frozenset[str] = frozenset()


class Wrappers(NamedTuple):
    """The functions, by name, whose calls in other sources matter."""

    openers: frozenset[str]
    """They open a library that a parameter names."""
    runners: frozenset[str]
    """They run a program that a parameter names."""
    attributes: frozenset[str]
    """Attributes that are asked for, and that no source that is read sets."""

    def are_run(self, source: bytes) -> bool:
        """Return by a quick search whether a source calls a runner."""
        return any(f"{name}(".encode() in source for name in self.runners)

    def names(self, source: bytes) -> frozenset[str]:
        """Return by a quick search the words that a source gives to runners, and sets attributes to."""
        runners = frozenset(name for name in self.runners if f"{name}(".encode() in source)
        asked = self.attributes if len(self.attributes) <= _FEW_NAMES else ()
        attributes = frozenset(name for name in asked if f"{name} = ".encode() in source)
        given = _words(rb"\b" + _any_of(runners) + rb"\([^()\n]{0,80}?[\[(=, ]?" + _WORD, source) if runners else _NONE
        return given | (_words(rb"\b" + _any_of(attributes) + rb" = [\[(]?" + _WORD, source) if attributes else _NONE)

    def are_called(self, source: bytes) -> bool:
        """Return by a quick search whether a source calls an opener."""
        return _calls(source, self.openers)
