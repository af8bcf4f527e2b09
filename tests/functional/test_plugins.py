"""Plugins whose needs reach the line: chosen by the project, or named by the knowledge file."""

from __future__ import annotations

import json
from typing import TYPE_CHECKING

import pytest

from builders.elf import Elf
from builders.schemas import check_schema
from builders.small_debian import SITE
from builders.system import VENV
from builders.venv import install
from pip_sysdeps.lock.document import LockedNeed
from pip_sysdeps.lock.text import loads

if TYPE_CHECKING:
    from builders.command import Result
    from builders.desk import Desk
    from pip_sysdeps.lock.document import LockedDistribution, Target

PLATFORM = "*/platforms/libqxcb.so"
TOOLKIT = {
    "viewer/__init__.py": b"",
    "viewer/lib/libQpa.so.6": Elf(soname="libQpa.so.6", needed=("libxcb.so.1", "libc.so.6")).build(),
    "viewer/plugins/platforms/libqxcb.so": Elf(
        needed=("libQpa.so.6", "libc.so.6"), runpath="$ORIGIN/../../lib"
    ).build(),
    "viewer/plugins/platforms/libqother.so": Elf(
        needed=("libQpa.so.6", "libGL.so.1", "libc.so.6"), runpath="$ORIGIN/../../lib"
    ).build(),
    "viewer/plugins/themes/libold.so": Elf(needed=("libgone.so.1", "libc.so.6")).build(),
}
"""A toolkit whose plugins share a library, and one of them needs what no package has."""


def toolkit(desk: Desk, name: str = "viewer") -> Desk:
    """Return the desk's root a toolkit."""
    install(desk.root / SITE[1:], name, files=TOOLKIT)
    return desk


@pytest.fixture
def viewer(desk: Desk) -> Desk:
    """Return a desk with a toolkit of which the knowledge file says nothing."""
    return toolkit(desk)


def choose(desk: Desk, text: str, name: str = "viewer") -> None:
    """Write a policy beside the lock."""
    desk.lock.with_name("pyproject.toml").write_text(f"[tool.pip-sysdeps.distribution.{name}]\n{text}\n")


def target(desk: Desk) -> Target:
    """Read the lock's only target."""
    (found,) = loads(desk.lock.read_text()).target
    return found


def locked(desk: Desk, name: str = "viewer") -> LockedDistribution:
    """Return a distribution of the lock."""
    return next(each for each in target(desk).distribution if each.name == name)


def verify(desk: Desk, *options: str) -> Result:
    """Verify the desk's root."""
    held = options or ("--lock", str(desk.lock))
    return desk.run("verify", "--root", str(desk.root), "--python", VENV, *held)


def test_needs_of_a_chosen_plugin_are_in_the_line(viewer: Desk) -> None:
    """Also by a library that other plugins share; the lock has the pattern, and what other plugins need is offered."""
    choose(viewer, f'plugins = ["{PLATFORM}"]')
    viewer.run_lock()
    assert target(viewer).installs == ("libpq5", "libxcb1")
    assert locked(viewer).needs == (
        LockedNeed(
            soname="libxcb.so.1", package="libxcb1", when="plugin", plugin=PLATFORM, by=("viewer/lib/libQpa.so.6",)
        ),
    )
    assert [(need.package, need.when, need.plugin) for need in locked(viewer).offered] == [("libgl1", "plugin", "")]
    assert viewer.run_apt_line().out == "libpq5 libxcb1\n"
    assert viewer.run_apt_line("--when", "import").out == "libpq5\n"
    assert viewer.run_apt_line("--when", "plugin").out == "libgl1 libxcb1\n"


def test_without_a_choice_plugins_are_offered(viewer: Desk) -> None:
    """Needs of plugins are outside the line."""
    viewer.run_lock()
    assert target(viewer).installs == ("libpq5",)
    assert {need.package for need in locked(viewer).offered} == {"libgl1", "libxcb1"}


def test_the_knowledge_file_names_what_a_toolkit_starts_with(desk: Desk) -> None:
    """By the name of the distribution; an empty list, or other patterns, take the place of that."""
    name = "pyqt6-qt6"
    toolkit(desk, name).run_lock()
    assert target(desk).installs == ("libpq5", "libxcb1")
    for plugins, line in (
        ("[]", ("libpq5",)),
        ('["*/libqother.so"]', ("libgl1", "libpq5", "libxcb1")),
        ('["default"]', ("libpq5", "libxcb1")),
        (f'["default", "{PLATFORM}"]', ("libpq5", "libxcb1")),
    ):
        choose(desk, f"plugins = {plugins}", name)
        desk.run_lock()
        assert target(desk).installs == line, plugins


def test_a_need_of_an_import_is_not_a_plugins(desk: Desk) -> None:
    """It stays as it is where a chosen plugin needs it too."""
    module = Elf(needed=("libxcb.so.1", "libc.so.6")).build()
    install(desk.root / SITE[1:], "viewer", files={**TOOLKIT, "viewer/_m.abi3.so": module})
    choose(desk, f'plugins = ["{PLATFORM}"]')
    desk.run_lock()
    assert [(need.package, need.when, need.plugin) for need in locked(desk).needs] == [("libxcb1", "import", "")]


def test_a_pattern_that_matches_nothing(viewer: Desk) -> None:
    """`lock` warns, and `audit` finds it."""
    choose(viewer, 'plugins = ["*/platforms/libgone.so"]')
    assert (
        "warning: a policy entry in pyproject.toml has no effect on debian-bookworm-amd64: "
        "distribution.viewer.plugins: viewer has no library `*/platforms/libgone.so`\n"
    ) in viewer.run_lock().err
    result = viewer.run(
        "audit", "--root", str(viewer.root), "--python", VENV, "--lock", str(viewer.lock), "--select", "SD031", "--json"
    )
    (found,) = json.loads(result.out)["findings"]
    assert (found["distribution"], found["subjects"]) == ("viewer", ["*/platforms/libgone.so"])


def test_a_distribution_that_is_not_there(desk: Desk) -> None:
    """Its entry matches nothing."""
    choose(desk, f'plugins = ["{PLATFORM}"]')
    assert "distribution.viewer: no such distribution is in the environment\n" in desk.run_lock().err


def test_a_pattern_that_cannot_be_one(viewer: Desk) -> None:
    """It is refused with its place."""
    choose(viewer, 'plugins = ["/opt/lib.so"]')
    result = viewer.run_lock()
    assert result.status == 2
    assert "tool.pip-sysdeps.distribution.viewer.plugins[0]: `/opt/lib.so` is not a valid path with `*`" in result.err


def test_an_unresolved_need_of_a_chosen_plugin(viewer: Desk) -> None:
    """It is unresolved as what an import needs is: --strict fails, and `audit` has an error."""
    viewer.run_lock()
    assert viewer.run_lock("--strict").status == 0
    choose(viewer, 'plugins = ["*/libold.so"]')
    assert viewer.run_lock("--strict").status == 1
    (entry,) = target(viewer).unresolved
    assert (entry.soname, entry.when, entry.plugin) == ("libgone.so.1", "plugin", "*/libold.so")
    result = viewer.run(
        "audit", "--root", str(viewer.root), "--python", VENV, "--lock", str(viewer.lock), "--select", "SD001"
    )
    assert result.status == 1


def test_verify_checks_needs_of_a_chosen_plugin(viewer: Desk) -> None:
    """The lock has the choice, because an image has no pyproject.toml."""
    viewer.run_lock()
    assert verify(viewer).status == 0
    choose(viewer, f'plugins = ["{PLATFORM}"]')
    viewer.run_lock()
    viewer.lock.with_name("pyproject.toml").unlink()
    result = verify(viewer)
    assert result.status == 1
    assert "libxcb.so.1 is missing: install libxcb1" in result.out


def test_verify_without_a_lock_counts_what_a_toolkit_starts_with(desk: Desk) -> None:
    """The knowledge file names the plugins."""
    assert verify(desk, "--lockless").status == 0
    toolkit(desk, "pyside6-essentials")
    assert verify(desk, "--lockless").status == 1


def test_why_shows_the_plugin_and_who_chose_it(viewer: Desk, monkeypatch: pytest.MonkeyPatch) -> None:
    """From the chosen plugin, though another one comes before it; so does a lock alone."""
    monkeypatch.chdir(viewer.lock.parent)
    choose(viewer, 'plugins = ["*/libqxcb.so"]')
    viewer.run_lock()
    told = viewer.run("why", "libxcb1", "--root", str(viewer.root), "--python", VENV).out
    assert "libqxcb.so, a chosen plugin: */libqxcb.so (the project's policy)" in " ".join(told.replace("│", "").split())
    assert "libxcb.so.1: chosen plugin: */libqxcb.so" in viewer.run("why", "libxcb1", "--lock", "sysdeps.lock").out
    for options in (("--lock", "sysdeps.lock"), ("--root", str(viewer.root), "--python", VENV)):
        document = json.loads(viewer.run("why", "libxcb1", *options, "--json").out)
        check_schema("why", document)
        assert document["chains"][0]["need"]["plugin"] == "*/libqxcb.so"


def test_a_choice_makes_the_lock_stale(viewer: Desk) -> None:
    """`lock --check` says which package comes."""
    viewer.run_lock()
    choose(viewer, f'plugins = ["{PLATFORM}"]')
    result = viewer.run_lock("--check")
    assert result.status == 1
    assert "changes in the install line: +libxcb1 (viewer, plugin)" in result.err


def test_diff_says_that_a_plugin_is_chosen(viewer: Desk) -> None:
    """The difference names a choice that was added or removed."""
    viewer.run_lock()
    before = viewer.lock.with_name("before.lock")
    before.write_text(viewer.lock.read_text())
    choose(viewer, f'plugins = ["{PLATFORM}"]')
    viewer.run_lock()
    told = f"because the plugin {PLATFORM} is %s (libxcb.so.1 of viewer)"
    assert told % "chosen" in " ".join(viewer.run("diff", str(before), str(viewer.lock)).out.split())
    assert told % "no longer chosen" in " ".join(viewer.run("diff", str(viewer.lock), str(before)).out.split())


def policy(desk: Desk, *argv: str) -> Result:
    """Run an action about the desk's lock."""
    return desk.run("policy", *argv, "--lock", str(desk.lock))


def project(desk: Desk) -> str:
    """Return the text of pyproject.toml."""
    return desk.lock.with_name("pyproject.toml").read_text()


def test_use_chooses_plugins(viewer: Desk) -> None:
    """Of whoever shows such a file in the lock; the reason is a comment."""
    viewer.run_lock()
    result = policy(viewer, "use", "*/platforms/libqother.so", "--reason", "it opens windows")
    assert result.status == 0
    assert result.err.splitlines()[0] == "viewer uses the plugins */platforms/libqother.so: it opens windows"
    assert project(viewer) == (
        '[tool.pip-sysdeps.distribution.viewer]\nplugins = [\n    "*/platforms/libqother.so", # it opens windows\n]\n'
    )
    viewer.run_lock()
    assert target(viewer).installs == ("libgl1", "libpq5", "libxcb1")
    assert policy(viewer, "use", "*/platforms/libqother.so", "--reason", "x", "--distribution", "viewer").err == (
        f"`{viewer.lock.with_name('pyproject.toml')}` already has this decision\n"
    )


def test_use_keeps_what_is_chosen(desk: Desk) -> None:
    """What the knowledge file names continues to count, and a list that is there grows; comments stay."""
    toolkit(desk, "pyside6").run_lock()
    policy(desk, "use", "*/libqother.so", "--reason", "both", "--distribution", "PySide6")
    assert project(desk).endswith('plugins = [\n    "default",\n    "*/libqother.so", # both\n]\n')
    choose(desk, 'plugins = ["a.so"] # mine\n\n[tool.other]\nx = 1', "PySide6")
    policy(desk, "use", "*/libqother.so", "--reason", "both", "--distribution", "pyside6")
    assert project(desk).endswith(
        'PySide6]\nplugins = [\n    "a.so",\n    "*/libqother.so", # both\n] # mine\n\n[tool.other]\nx = 1\n'
    )
    policy(desk, "use", "b/*", "--reason", "more", "--distribution", "pyside6")
    assert '"a.so",\n    "*/libqother.so", # both\n    "b/*", # more\n]' in project(desk)


@pytest.mark.parametrize(
    ("argv", "told"),
    [
        (("*/nothing.so", "--reason", "x"), "has a plugin `*/nothing.so`"),
        (("*/libqother.so", "--reason", "x", "--target", "debian-bookworm-amd64"), "chosen for every target"),
        (("/lib.so", "--reason", "x", "--distribution", "viewer"), "is not a valid path with `*`"),
        (("*/libqother.so", "--reason", "a\nb"), "the reason is not printable text"),
    ],
)
def test_what_cannot_be_chosen(viewer: Desk, argv: tuple[str, ...], told: str) -> None:
    """It is an error, and nothing is written."""
    viewer.run_lock()
    result = policy(viewer, "use", *argv)
    assert result.status == 2
    assert told in result.err
    assert not viewer.lock.with_name("pyproject.toml").exists()


def test_list_has_the_plugins(viewer: Desk) -> None:
    """With whether the lock shows them; --json is a document by the schema."""
    choose(viewer, f'plugins = ["{PLATFORM}"]')
    viewer.run_lock()
    assert policy(viewer, "list").out == f"viewer uses the plugins {PLATFORM}\n"
    choose(viewer, 'plugins = ["gone.so"]')
    viewer.run_lock()
    assert policy(viewer, "list").out == "viewer uses the plugins gone.so (has no effect in the lock)\n"
    document = json.loads(policy(viewer, "list", "--json").out)
    check_schema("policy", document)
    assert document["decisions"][0]["plugins"] == ["gone.so"]
