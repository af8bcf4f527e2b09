"""`share/`: completions and the man page are those of the command line as it is."""

from __future__ import annotations

import importlib.util
import re
import shutil
import subprocess
from typing import TYPE_CHECKING, Any

import pytest

from builders.checkout import PROJECT
from builders.zsh import press_tab
from pip_sysdeps.cli import COMMANDS

if TYPE_CHECKING:
    from collections.abc import Iterable

SHARE = PROJECT / "share"
STALE = "run `python3 tools/make_share.py`"


def tool() -> Any:  # noqa: ANN401 - a script that is not a module of a package
    """Import the script that writes the folder; shtab alone is needed for it."""
    pytest.importorskip("shtab", reason="install shtab")
    spec = importlib.util.spec_from_file_location("make_share", PROJECT / "tools" / "make_share.py")
    assert spec is not None
    assert spec.loader is not None
    module = importlib.util.module_from_spec(spec)
    spec.loader.exec_module(module)
    return module


def test_the_man_page_is_current() -> None:
    """Word for word."""
    made = tool()
    assert (SHARE / made.PAGE).read_text(encoding="utf-8") == made.files()[made.PAGE], STALE


def test_the_completions_have_every_option() -> None:
    """Of every command, in each shell; another version of shtab may write the rest otherwise."""
    made = tool()
    options = {option for each in made.parsers(made.build_parser()) for option in each._option_string_actions}  # noqa: SLF001
    for place in made.PLACES.values():
        text = (SHARE / place).read_text(encoding="utf-8")
        words = set(re.findall(r"[\w-]+", text))
        missing = [
            option for option in (*options, *COMMANDS) if option not in words and option.lstrip("-") not in words
        ]
        assert not missing, STALE


COMPLETED = [
    (("pip-sysdeps", "in"), ["index", "install-line"]),
    (("pip-sysdeps", "policy", "re"), ["replace"]),
    (("pip-sysdeps", "lock", "--stri"), ["--strict"]),
    (("pip-sysdeps", "audit", "--format", "ma"), ["markdown"]),
]
"""The words of a line, the last one not yet whole, and what completes it: commands, actions, options and values."""
completed = pytest.mark.parametrize(("words", "offered"), COMPLETED, ids=" ".join)


def complete(*words: str) -> list[str]:
    """Return what bash offers for the last word."""
    script = f'source "$0"; COMP_WORDS=("$@"); COMP_CWORD={len(words) - 1}; _shtab_pip_sysdeps "$1" "${{@: -1}}" ""; '
    command = [
        "bash",
        "-c",
        f'{script}printf "%s\\n" "${{COMPREPLY[@]}}"',
        str(SHARE / "bash-completion/completions/pip-sysdeps"),
    ]
    return sorted(subprocess.run([*command, *words], capture_output=True, text=True, check=True).stdout.split())


@completed
def test_bash_completes(words: Iterable[str], offered: list[str]) -> None:
    """Bash offers what completes the word."""
    assert complete(*words) == offered


@pytest.mark.slow
@completed
def test_fish_completes(words: Iterable[str], offered: list[str]) -> None:
    """Fish offers the same."""
    script = f"source {SHARE / 'fish/vendor_completions.d/pip-sysdeps.fish'}; complete -C '{' '.join(words)}'"
    done = subprocess.run(["fish", "--no-config", "-c", script], capture_output=True, text=True, check=True)
    assert [line.partition("\t")[0] for line in done.stdout.splitlines()] == offered


@pytest.mark.slow
@completed
def test_zsh_completes(words: Iterable[str], offered: list[str]) -> None:
    """So does an interactive zsh when the Tab key is pressed."""
    shown = press_tab(SHARE / "zsh/site-functions", " ".join(words))
    assert [word for word in shown.split() if word in offered][: len(offered)] == offered


def test_groff_has_nothing_to_say_of_the_man_page() -> None:
    """No unknown request, no escape that was not meant."""
    if shutil.which("groff") is None:
        pytest.skip("install groff")
    page = SHARE / "man/man1/pip-sysdeps.1"
    done = subprocess.run(["groff", "-man", "-ww", "-Tutf8", str(page)], capture_output=True, text=True, check=True)
    assert done.stderr == ""
    assert "--check=line" in re.sub(r"\x1b\[[0-9;]*m|.\x08", "", done.stdout)
