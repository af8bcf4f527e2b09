"""Writing, reading and removing the hook's two files in a site directory."""

from __future__ import annotations

import os
import stat
from dataclasses import replace
from typing import TYPE_CHECKING

import pytest

from pip_sysdeps.errors import SysdepsError
from pip_sysdeps.hook import enable as hook
from pip_sysdeps.hook.enable import MODULE_NAME, PTH_NAME, HookStatus, Settings, State
from pip_sysdeps.hook.site import HookSite, query_interpreter

if TYPE_CHECKING:
    from pathlib import Path


def make_site(
    purelib: Path, *, version: tuple[int, int] = (3, 12), in_venv: bool = True, has_orig_argv: bool = True
) -> HookSite:
    """Return a site whose purelib is this folder."""
    return HookSite(
        python="/env/bin/python",
        prefix="/env",
        in_venv=in_venv,
        version=version,
        purelib=str(purelib),
        has_orig_argv=has_orig_argv,
    )


def make_settings(folder: Path) -> Settings:
    """Return settings whose needed paths exist."""
    return Settings(command=("/bin/tool", "it's", "caf\xe9", "\udcff"), needed=(str(folder),))


@pytest.mark.parametrize("value", ["{[]: 1}", "{{}}", "-'a'", "(" * 500 + ")" * 500, "f()"])
def test_settings_that_are_no_values(value: str) -> None:
    """A module of that name in an environment may be anybody's: it is read, not run."""
    assert hook.read_settings(f"COMMAND: tuple = {value}\n") is None


def test_enable_writes_two_readable_files(tmp_path: Path) -> None:
    """Both files say what they are and how to remove them; the mode is the umask's, and nothing else is left."""
    assert hook.enable(make_site(tmp_path), make_settings(tmp_path))
    assert sorted(os.listdir(tmp_path)) == [MODULE_NAME, PTH_NAME]
    for name in (PTH_NAME, MODULE_NAME):
        assert "`pip-sysdeps hook disable`, or delete this file" in (tmp_path / name).read_text("ascii")
        assert stat.S_IMODE((tmp_path / name).stat().st_mode) & 0o444 == 0o444


def test_pth_has_one_line_to_run() -> None:
    """Comments aside, `site` finds a single import line."""
    lines = [line for line in hook.PTH_TEXT.splitlines() if not line.startswith("#")]
    assert len(lines) == 1
    assert lines[0].startswith("import ")


def test_enable_is_idempotent(tmp_path: Path) -> None:
    """A second time nothing is written, not even the same bytes."""
    site, settings = make_site(tmp_path), make_settings(tmp_path)
    hook.enable(site, settings)
    inodes = [(tmp_path / name).stat().st_ino for name in (PTH_NAME, MODULE_NAME)]
    assert not hook.enable(site, settings)
    assert [(tmp_path / name).stat().st_ino for name in (PTH_NAME, MODULE_NAME)] == inodes


def test_settings_survive(tmp_path: Path) -> None:
    """What was written is read back, bytes that are no UTF-8 included, without running it."""
    hook.enable(make_site(tmp_path), make_settings(tmp_path))
    settings = replace(make_settings(tmp_path), prefix="/env")
    assert hook.status(make_site(tmp_path)) == HookStatus(state=State.CURRENT, settings=settings)


def test_the_module_is_the_runtime_with_its_settings(tmp_path: Path) -> None:
    """The written text runs by itself, and its settings are where the runtime reads them."""
    settings = Settings(command=("a", "-m", "b", "hook", "relock", "--project", "/a b", "--check-only"), needed=("c",))
    names: dict[str, object] = {"__name__": "_pip_sysdeps_hook"}
    exec(hook.module_text(settings, make_site(tmp_path)), names)  # noqa: S102 - as `site` does
    assert (names["COMMAND"], names["NEEDED"], names["PREFIX"]) == (settings.command, settings.needed, "/env")
    assert names["MANUAL_COMMAND"] == "a -m b lock --python /env -o '/a b/sysdeps.lock' --check"
    assert callable(names["start"])


@pytest.mark.parametrize(
    ("name", "text", "expected"),
    [
        (PTH_NAME, "# another text\n", State.OUTDATED),
        (PTH_NAME, None, State.INCOMPLETE),
        (MODULE_NAME, None, State.INCOMPLETE),
        (MODULE_NAME, "not python (", State.INCOMPLETE),
        (MODULE_NAME, "COMMAND: tuple = __import__('os').getcwd()\nNEEDED: tuple = ('/',)\n", State.INCOMPLETE),
        (MODULE_NAME, "COMMAND: tuple = ('tool',)\nNEEDED: tuple = ('/',)\n", State.OUTDATED),
        (MODULE_NAME, "COMMAND: tuple = ('tool',)\nNEEDED: tuple = ('/',)\nPREFIX: str = '/old'\n", State.COPIED),
        (MODULE_NAME, "COMMAND: tuple = ('tool',)\nNEEDED: tuple = ('/', '/no/such/tool')\n", State.ORPHANED),
    ],
)
def test_status_of_a_changed_hook(tmp_path: Path, name: str, text: str | None, expected: State) -> None:
    """A hook of another version, a half-deleted one and one whose tool is gone are told apart; enable mends each."""
    site, settings = make_site(tmp_path), make_settings(tmp_path)
    hook.enable(site, settings)
    if text is None:
        (tmp_path / name).unlink()
    else:
        (tmp_path / name).write_text(text)
    assert hook.status(site).state is expected
    assert hook.enable(site, settings)
    assert hook.status(site).state is State.CURRENT


def test_status_names_what_is_missing(tmp_path: Path) -> None:
    """Of an orphaned hook it says which path is gone."""
    settings = Settings(command=("tool",), needed=(str(tmp_path), "/no/such/project"))
    hook.enable(make_site(tmp_path), settings)
    assert hook.status(make_site(tmp_path)).missing == ("/no/such/project",)


def test_disable_removes_everything(tmp_path: Path) -> None:
    """The two files and their compiled form go, other files stay, and a second time there is nothing to do."""
    site = make_site(tmp_path)
    hook.enable(site, make_settings(tmp_path))
    (tmp_path / "__pycache__").mkdir()
    (tmp_path / "__pycache__" / "_pip_sysdeps_hook.cpython-312.pyc").touch()
    (tmp_path / "__pycache__" / "other.cpython-312.pyc").touch()
    assert hook.disable(site)
    assert hook.status(site) == HookStatus(state=State.ABSENT)
    assert sorted(path.name for path in tmp_path.rglob("*")) == ["__pycache__", "other.cpython-312.pyc"]
    assert not hook.disable(site)


@pytest.mark.parametrize("version", [(3, 18), (3, 19), (4, 0)])
def test_refuses_interpreters_without_import_lines(tmp_path: Path, version: tuple[int, int]) -> None:
    """From 3.18 on a .pth runs nothing; the way that remains is named, and nothing is written."""
    with pytest.raises(SysdepsError, match=r"does not run the import lines of \.pth files \(PEP 829\)") as caught:
        hook.enable(make_site(tmp_path, version=version), make_settings(tmp_path))
    assert caught.value.hint == "use `pip-sysdeps run -- pip install ...` instead"
    assert os.listdir(tmp_path) == []


@pytest.mark.parametrize("facts", [{"version": (3, 9)}, {"has_orig_argv": False}], ids=str)
def test_refuses_interpreters_that_hide_their_arguments(tmp_path: Path, facts: dict[str, object]) -> None:
    """Without `sys.orig_argv` every start would print a traceback."""
    with pytest.raises(SysdepsError, match=r"has no `sys\.orig_argv`"):
        hook.enable(make_site(tmp_path, **facts), make_settings(tmp_path))  # type: ignore[arg-type]
    assert os.listdir(tmp_path) == []


def test_refuses_a_base_without_system(tmp_path: Path) -> None:
    """The interpreter of everybody is changed only when told so."""
    site = make_site(tmp_path, in_venv=False)
    with pytest.raises(SysdepsError, match="is not in a virtual environment"):
        hook.enable(site, make_settings(tmp_path))
    assert hook.enable(site, make_settings(tmp_path), system=True)


def test_a_failed_write_leaves_nothing(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """On a full disk no part of a file stays, and the old one is as it was."""
    site = make_site(tmp_path)
    hook.enable(site, make_settings(tmp_path))
    before = {path.name: path.read_bytes() for path in tmp_path.iterdir()}

    def full(*_: object) -> None:
        raise OSError(28, "No space left on device")

    monkeypatch.setattr("os.replace", full)
    with pytest.raises(SysdepsError, match=f"^cannot change `{tmp_path}`: No space left on device$"):
        hook.enable(site, Settings(command=("new",), needed=("/",)))
    assert {path.name: path.read_bytes() for path in tmp_path.iterdir()} == before


def test_an_unwritable_site_is_an_error(tmp_path: Path) -> None:
    """A folder that is none is reported in one sentence."""
    with pytest.raises(SysdepsError, match=r"^cannot change `.*/missing`: No such file or directory$"):
        hook.enable(make_site(tmp_path / "missing"), make_settings(tmp_path))


def test_settings_for_names_this_tool(tmp_path: Path) -> None:
    """The hook runs this interpreter, isolated, and only while tool and project exist."""
    settings = hook.settings_for(str(tmp_path), check_only=True)
    assert settings.command[1:] == (
        "-I", "-m", "pip_sysdeps", "hook", "relock", "--project", str(tmp_path), "--check-only",
    )  # fmt: skip
    assert [os.path.basename(path) for path in settings.needed[1:]] == ["__main__.py", tmp_path.name]


def test_settings_for_a_missing_project(tmp_path: Path) -> None:
    """A project that is missing is an error now, not silence later."""
    with pytest.raises(SysdepsError, match="is not a folder"):
        hook.settings_for(str(tmp_path / "missing"))


def test_settings_for_a_tool_that_only_pythonpath_finds(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """What an isolated interpreter cannot import, a hook cannot start."""
    fake = tmp_path / "python"
    fake.write_text("#!/bin/sh\nexit 1\n")
    fake.chmod(0o755)
    monkeypatch.setattr("sys.executable", str(fake))
    with pytest.raises(SysdepsError, match="is on PYTHONPATH"):
        hook.settings_for(str(tmp_path))


def test_ask_interpreter_that_is_none(tmp_path: Path) -> None:
    """A folder without an interpreter is named, with what to name instead."""
    with pytest.raises(
        SysdepsError, match=f"^`{tmp_path}/bin/python` does not run as a Python 3 interpreter: "
    ) as caught:
        query_interpreter(str(tmp_path))
    assert "--python" in caught.value.hint
