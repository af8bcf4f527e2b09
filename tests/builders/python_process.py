"""A real Python process and ours: each does the same imports and dlopens, and says what it then has loaded."""

from __future__ import annotations

import json
import os
import subprocess
from typing import TYPE_CHECKING, Any, NamedTuple

from builders.dlopen import open_and_keep
from builders.ld_so import release
from builders.loader import split_library_path
from builders.world import JUDGE
from pip_sysdeps.elf.read_objects import Objects
from pip_sysdeps.loader.glibc.read_config import read_loader_config
from pip_sysdeps.loader.glibc.rules import Glibc
from pip_sysdeps.loader.resolve import find, open_object, start
from pip_sysdeps.model.elf import ElfFile
from pip_sysdeps.model.loader import NotFound
from pip_sysdeps.system.root import Root

if TYPE_CHECKING:
    from collections.abc import Mapping, Sequence

    from pip_sysdeps.loader.resolve import Process
    from pip_sysdeps.model.loader import LoadedObject

ACTIONS = JUDGE / "actions.py"


class Program(NamedTuple):
    """An interpreter to be run."""

    path: str
    """Its real path."""
    variables: Mapping[str, str]
    """What it needs in its environment."""
    folder: str = "/"
    """Its current directory."""


class Outcome(NamedTuple):
    """What one action did."""

    error: str
    """Its exception's message, or nothing; of ours what the loader's has in it, as the file name of what is missing."""
    new: frozenset[str]
    """The files that it added to the process, links followed."""


def run(program: Program, actions: Sequence[str]) -> list[Outcome]:
    """Run the actions in an interpreter; return what it had loaded at the start, then the effect of each action."""
    command = [program.path, "-S", "-s", str(ACTIONS), *actions]
    done = subprocess.run(
        command, env=program.variables, cwd=program.folder, check=True, capture_output=True, text=True
    )
    lines: list[dict[str, Any]] = [json.loads(line) for line in done.stdout.splitlines()]
    maps = [frozenset(map(os.path.realpath, line["maps"])) for line in lines]
    forked = actions and actions[0].startswith("fork:")
    before = [frozenset[str](), *(maps[:1] * len(actions) if forked else maps[:-1])]
    return [Outcome(line["error"], new - old) for line, new, old in zip(lines, maps, before, strict=True)]


class Ours:
    """The same process as our code sees it."""

    def __init__(self, program: Program, at_start: frozenset[str]) -> None:
        root = Root("/")
        self.objects = Objects(root)
        facts = self.objects.facts(program.path)
        assert isinstance(facts, ElfFile)
        library_path = split_library_path(program.variables.get("LD_LIBRARY_PATH", ""))
        config = read_loader_config(root, facts, library_path=library_path, cache="as-is", objects=self.objects)
        self.rules = Glibc(config._replace(working_directory=program.folder, platform=release().platform))
        self.process: Process = start(program.path, self.objects.open, self.rules)
        paths = [each.path for each in self.process.objects]
        self.importer = next((path for path in paths if "libpython" in path), program.path)
        self.ctypes = next(path for path in at_start if "/_ctypes." in path)
        for path in sorted(at_start - real(self.process.objects)):
            open_and_keep(self.process, path, self.importer, self.objects.open, self.rules)

    def do(self, argument: str) -> Outcome:
        """Return what an action does."""
        action, _, name = argument.partition(":")
        caller = self.importer if action == "import" else self.ctypes
        asked = find(self.process, name, caller, self.objects.open, self.rules)
        if isinstance(asked, NotFound):
            return Outcome(_message(asked), frozenset())
        load = open_object if action == "fork" else open_and_keep
        loaded = load(self.process, name, caller, self.objects.open, self.rules)
        answers = [answer for each in loaded for answer in each.needs]
        missing = next((answer for answer in answers if isinstance(answer, NotFound)), None)
        return Outcome("", real(loaded)) if missing is None else Outcome(_message(missing), frozenset())


def _message(missing: NotFound) -> str:
    return missing.fatal or f"{os.path.basename(missing.soname)}: "


def real(objects: Sequence[LoadedObject]) -> frozenset[str]:
    """Return the files of objects, links followed."""
    return frozenset(os.path.realpath(each.path) for each in objects)


def check(program: Program, *actions: str) -> list[Outcome]:
    """Run the same actions in the interpreter and in our code, compare them, and return the outcome."""
    at_start, *outcomes = run(program, actions)
    ours = Ours(program, at_start.new)
    for action, outcome in zip(actions, outcomes, strict=True):
        mine = ours.do(action)
        if mine.error and mine.error in outcome.error:
            mine = mine._replace(error=outcome.error)
        assert (action, mine) == (action, outcome)
    return outcomes
