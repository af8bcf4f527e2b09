"""The documentation holds: every command and exit status is in it, its commands parse, its links and examples work."""

from __future__ import annotations

import argparse
import re
import shlex
import subprocess
from dataclasses import fields
from importlib.metadata import metadata
from pathlib import Path

import pytest

from builders.checkout import PROJECT
from pip_sysdeps import DOCUMENTATION, __version__
from pip_sysdeps.cli import COMMANDS, build_parser
from pip_sysdeps.loader.c_library import CLibrary
from pip_sysdeps.loader.rules import LoaderRules
from pip_sysdeps.lock.document import (
    LockedDistribution,
    LockedFile,
    LockedNeed,
    LockedPackage,
    Lockfile,
    Target,
    Unresolved,
)
from pip_sysdeps.lock.text import dumps, loads
from pip_sysdeps.packages.database import InstalledPackage, PackageDatabase
from pip_sysdeps.packages.family import Family

REPOSITORY = Path(__file__).parents[1]
CLI = (REPOSITORY / "docs/cli.md").read_text(encoding="utf-8")
README = (REPOSITORY / "README.md").read_text(encoding="utf-8")
LOCKFILE = (REPOSITORY / "docs/lockfile.md").read_text(encoding="utf-8")
PAGES = sorted([*REPOSITORY.glob("*.md"), *REPOSITORY.glob("docs/**/*.md"), *REPOSITORY.glob("examples/**/*.md")])
SCRIPTS = sorted(REPOSITORY.glob("examples/**/Dockerfile*"))

_CALL = re.compile(rf"(\")?pip-sysdeps ((?:-[a-z]+ )*(?:{'|'.join(COMMANDS)})(?(1)[^\n\"]*|(?: [^\n`]*)?))")
"""A call, which ends where the string ends that it is in (a TOML value), or else the line."""
_COMMAND_ENDS = re.compile(r"\s+(?:#|&&|\|\|?|>|\\$|;).*|\s+\\$")


def commands(text: str) -> dict[str, list[str]]:
    """Return the cells of the first row whose first cell names a command: `lock`, or `index update`, `list`."""
    table = [[cell.strip() for cell in line.strip("| ").split(" | ")] for line in text.splitlines() if line[:1] == "|"]
    named = {match[1]: cells for cells in reversed(table) if (match := re.match(r"`([a-z-]+)", cells[0]))}
    return {name: cells for name, cells in named.items() if name in COMMANDS}


def parser_of(command: str) -> argparse.ArgumentParser:
    """Return the parser of one command."""
    (subparsers,) = (each for each in build_parser()._actions if isinstance(each, argparse._SubParsersAction))  # noqa: SLF001
    parser = subparsers.choices[command]
    assert isinstance(parser, argparse.ArgumentParser)
    return parser


@pytest.mark.parametrize("command", COMMANDS)
def test_each_command_is_documented(command: str) -> None:
    """In README's table and in that of docs/cli.md, with the exit statuses that its --help tells."""
    assert command in commands(README)
    told = (parser_of(command).epilog or "").partition("Exit status:")[2]
    assert told
    assert statuses(commands(CLI)[command][-1]) == statuses(told)


def statuses(text: str) -> set[str]:
    """Return the exit statuses that a text names, and whether it may be another command's."""
    return {*re.findall(r"\b(?:[0-2]|12[67])\b", text), *(["CMD"] if "CMD" in text else [])}


def test_no_other_command_is_documented() -> None:
    """What is promised is there."""
    assert commands(CLI).keys() == COMMANDS.keys()


def calls(page: Path) -> list[str]:
    """Return the calls of pip-sysdeps in a page's fenced blocks, or in a Dockerfile."""
    text = page.read_text(encoding="utf-8")
    blocks = re.findall(r"^```\w*\n(.*?)^```", text, re.MULTILINE | re.DOTALL) if page.suffix == ".md" else [text]
    return [_COMMAND_ENDS.sub("", found) for block in blocks for _, found in _CALL.findall(block)]


CALLS = [pytest.param(call, id=f"{page.name}: {call}") for page in (*PAGES, *SCRIPTS) for call in calls(page)]


@pytest.mark.parametrize("call", CALLS)
def test_the_commands_in_the_text_parse(call: str) -> None:
    """With the options that there are."""
    build_parser().parse_args(shlex.split(call))


def test_the_text_has_commands() -> None:
    """The pattern finds them."""
    assert len(CALLS) >= 8


PATHS = re.compile(r"`((?:[\w.-]+/)+(?:[\w.-]+\.(?:py|toml|txt|md|c|json|lock))?)(?:::\w+)?`")
"""A file with a known ending, or a folder, in backticks."""
BASES = tuple(REPOSITORY / folder for folder in (".", "src/pip_sysdeps", "tests", "tests/functional"))
OTHERS = {"ldso/dynlink.c", "tests/loader_rules/NN_what_it_says/"}
"""A file of musl, and a pattern."""


@pytest.mark.parametrize("page", PAGES, ids=lambda page: str(page.relative_to(REPOSITORY)))
def test_the_paths_in_the_text_exist(page: Path) -> None:
    """Files and folders of the project are named as they are."""
    named = {path for path in PATHS.findall(page.read_text(encoding="utf-8")) if not path.startswith("/")}
    assert {path for path in named - OTHERS if not any((base / path).exists() for base in BASES)} == set()


@pytest.mark.parametrize(
    "names",
    [
        {name for name in Family._fields if name not in Family._field_defaults},
        set(CLibrary._fields),
        {name for name in vars(LoaderRules) if not name.startswith("_")},
        {name for name in vars(PackageDatabase) if not name.startswith("_")},
        {name for name in vars(InstalledPackage) if not name.startswith("_")},
    ],
)
def test_the_recipes_name_each_member(names: set[str]) -> None:
    """What a new package manager or C library has to answer is in CONTRIBUTING.md."""
    text = (REPOSITORY / "CONTRIBUTING.md").read_text(encoding="utf-8")
    assert {name for name in names if not re.search(rf"`{name}[`(]", text)} == set()


SAFETY = (REPOSITORY / "docs/safety.md").read_text(encoding="utf-8")
CLAIMS = [pytest.param(part, id=part.partition("\n")[0]) for part in SAFETY.split("\n## ")[1:]]


@pytest.mark.parametrize("part", CLAIMS)
def test_each_claim_of_safety_names_its_test(part: str) -> None:
    """A section names at least one file of tests in full, and no file of tests that does not exist."""
    whole = set(re.findall(r"`(tests/[a-z_/]+\.py)`", part))
    short = set(re.findall(r"`((?:[a-z]+/)*test_[a-z_]+\.py)`", part))
    names = [str(path.relative_to(REPOSITORY)) for path in REPOSITORY.glob("tests/**/test_*.py")]
    assert whole
    assert {name for name in whole if not (REPOSITORY / name).is_file()} == set()
    assert {name for name in short if not any(f"/{each}".endswith(f"/{name}") for each in names)} == set()


LINKS = [
    pytest.param(page, target, id=f"{page.relative_to(REPOSITORY)}: {target}")
    for page in PAGES
    for target in re.findall(r"\]\((?!https?://)([^)\s]+)\)", page.read_text(encoding="utf-8"))
]


@pytest.mark.parametrize(("page", "target"), LINKS)
def test_links_lead_somewhere(page: Path, target: str) -> None:
    """To a file, and to a heading of it."""
    path, _, heading = target.partition("#")
    file = (page.parent / path) if path else page
    assert file.exists()
    if heading:
        text = file.read_text(encoding="utf-8")
        titles = re.findall(r"^#+ (.*)$", text, re.MULTILINE)
        assert heading in {re.sub(r"[^\w\- ]", "", title).strip().lower().replace(" ", "-") for title in titles}


@pytest.mark.parametrize("page", PAGES, ids=lambda page: page.name)
def test_prose_is_wrapped(page: Path) -> None:
    """At 150 characters, except for tables, code and single words."""
    prose = re.sub(r"(?ms)^ *```.*?^ *```", "", page.read_text(encoding="utf-8"))
    assert [line for line in prose.splitlines() if len(line) > 150 and not re.match(r"\|| {4}|\S+$|.*``", line)] == []


def test_the_example_of_the_lock_is_one() -> None:
    """Its comments and spacing aside, it is what `lock` writes."""
    (example,) = re.findall(r"^```toml\n(.*?)^```", LOCKFILE, re.MULTILINE | re.DOTALL)
    bare = "".join(re.sub(r"[ \t]+#.*", "", line) for line in example.splitlines(keepends=True))
    assert dumps(loads(example)).endswith(bare)


@pytest.mark.parametrize(
    "kind", [Lockfile, Target, LockedDistribution, LockedNeed, LockedFile, Unresolved, LockedPackage]
)
def test_each_key_of_the_lock_is_documented(kind: type) -> None:
    """As the file has it."""
    keys = {each.name.rstrip("_").replace("_", "-") for each in fields(kind)}
    assert {key for key in keys if not re.search(rf"`{key}`|^{key} = ", LOCKFILE, re.MULTILINE)} == set()


def test_nothing_is_promised_about_this_machine() -> None:
    """No absolute path of whoever wrote a page; pip's cache in an image is everybody's."""
    listed = subprocess.run(["git", "ls-files", "*.md"], cwd=REPOSITORY, capture_output=True, text=True, check=False)
    names = listed.stdout.split() or [str(page) for page in PAGES]
    assert not [
        name
        for name in names
        if re.search(r"/root/(?!\.cache/pip\b)|/home/[a-z]+/work", (REPOSITORY / name).read_text("utf-8"))
    ]


def test_the_recipes_name_one_address_and_this_release() -> None:
    """One repository, and the tag of the version that this is."""
    recipes = (PROJECT / "docs" / "recipes.md").read_text(encoding="utf-8")
    assert set(re.findall(r"\bv[0-9]+\.[0-9]+\.[0-9]+\b", recipes)) == {f"v{__version__}"}
    assert set(re.findall(r"(?:github\.com/|uses: )(\S*pip-sysdeps)\b", recipes)) == {"pip-sysdeps/pip-sysdeps"}


def test_the_address_of_the_documentation_is_one() -> None:
    """The package's metadata have the address that `--help` and SARIF name."""
    urls = metadata("pip-sysdeps").get_all("Project-URL")
    assert urls == [f"Documentation, {DOCUMENTATION}"]
    assert DOCUMENTATION in build_parser().format_help()
