"""`[tool.pip-sysdeps]`: every key is understood, or told."""

from __future__ import annotations

import pytest

from pip_sysdeps.errors import MalformedError
from pip_sysdeps.lock.project import DistributionPolicy, Entry, Project, Replacement, parse_project

WHOLE = """
[project]
name = "ours"

[tool.pip-sysdeps]
targets = ["debian-bookworm-amd64", "debian-trixie-arm64"]
when = ["default", "plugin"]
library-path = ["/opt/vendor/lib"]

[tool.pip-sysdeps.distribution.PySide6_Essentials]
when = ["import"]
ignore = [{ soname = "libGL.so.1", reason = "offscreen only" }]
replace = [{ package = "libblas3", with = "libopenblas0", reason = "faster", targets = ["debian-trixie-arm64"] }]

[[tool.pip-sysdeps.distribution.PySide6_Essentials.add]]
package = "libgl1-mesa-dri"
reason = "a driver for libgl1"
"""


def test_every_key() -> None:
    """Each key has its field, and the distribution's name is normalized."""
    where = "distribution.pyside6-essentials"
    assert parse_project(WHOLE) == Project(
        targets=("debian-bookworm-amd64", "debian-trixie-arm64"),
        when=("default", "plugin"),
        library_path=("/opt/vendor/lib",),
        distribution=(
            DistributionPolicy(
                name="pyside6-essentials",
                when=("import",),
                ignore=(Entry(soname="libGL.so.1", reason="offscreen only", where=f"{where}.ignore[0]"),),
                replace=(
                    Replacement(
                        package="libblas3",
                        with_="libopenblas0",
                        reason="faster",
                        targets=("debian-trixie-arm64",),
                        where=f"{where}.replace[0]",
                    ),
                ),
                add=(Entry(package="libgl1-mesa-dri", reason="a driver for libgl1", where=f"{where}.add[0]"),),
            ),
        ),
    )


@pytest.mark.parametrize(
    ("table", "plugins"), [("when = []", ("default",)), ("plugins = []", ()), ("plugins = ['a*', 'b']", ("a*", "b"))]
)
def test_plugins(table: str, plugins: tuple[str, ...]) -> None:
    """Those of the knowledge file count unless the project says which."""
    assert parse_project(f"[tool.pip-sysdeps.distribution.PyQt5_Qt5]\n{table}").plugins == {"pyqt5-qt5": plugins}


@pytest.mark.parametrize("text", ["", "[project]\nname = 'x'\n", "[tool.ruff]\nline-length = 120\n", "tool = 1\n"])
def test_a_project_without_the_table_says_nothing(text: str) -> None:
    """As does an empty file."""
    assert parse_project(text) == Project()


@pytest.mark.parametrize(
    ("table", "message"),
    [
        ("whens = ['import']", ".whens: is unknown; did you mean `when`?"),
        ("colour = 1", ".colour: is unknown; known are targets, when, pin, library-path, audit, distribution"),
        (
            "when = ['import', 'always']",
            ".when[1]: `always` is not a valid word of `when` (default, import, plugin, dlopen, exec, declared)",
        ),
        ("when = 'import'", ".when: is not an array"),
        ("when = [1]", ".when[0]: is not a string"),
        (
            "targets = ['Debian 12']",
            ".targets[0]: `Debian 12` is not a valid target id (lower-case letters, digits and . _ + -)",
        ),
        (
            "library-path = ['lib']",
            ".library-path[0]: `lib` is not a valid absolute path of a folder inside the image, without : ; $ and ..",
        ),
        ("distribution = ['numpy']", ".distribution: is not a table"),
        ("distribution.numpy = 1", ".distribution.numpy: is not a table"),
        ("distribution.numpy.ignored = []", ".distribution.numpy.ignored: is unknown; did you mean `ignore`?"),
        ("distribution.numpy.add = ['libgl1']", ".distribution.numpy.add[0]: is not a table"),
        (
            "distribution.numpy.add = [{ package = 'libgl1' }]",
            ".distribution.numpy.add[0].reason: is missing",
        ),
        (
            "distribution.numpy.add = [{ package = 'libgl1', soname = 'libGL.so.1', reason = 'x' }]",
            ".distribution.numpy.add[0]: needs exactly one of soname, sonames, package and packages",
        ),
        (
            "distribution.numpy.add = [{ reason = 'x' }]",
            ".distribution.numpy.add[0]: needs exactly one of soname, sonames, package and packages",
        ),
        (
            "distribution.numpy.add = [{ package = 'libgl1', with = 'x', reason = 'x' }]",
            (
                ".distribution.numpy.add[0].with: is unknown; known are soname, package, sonames, packages, reason, "
                "targets"
            ),
        ),
        (
            "distribution.numpy.add = [{ package = '-libgl1', reason = 'x' }]",
            ".distribution.numpy.add[0].package: `-libgl1` is not a valid system package name",
        ),
        (
            "distribution.numpy.replace = [{ package = 'libgl1', reason = 'x' }]",
            ".distribution.numpy.replace[0].with: is missing",
        ),
        ("pin = 1", ".pin: is not true or false"),
        (
            "distribution = { NumPy = {}, numpy = {} }",
            ".distribution.numpy: is the same distribution as NumPy",
        ),
    ],
)
def test_an_error_has_its_key(table: str, message: str) -> None:
    """For a misspelled key, the error suggests the nearest known one."""
    with pytest.raises(MalformedError) as told:
        parse_project(f"[tool.pip-sysdeps]\n{table}\n")
    assert str(told.value) == f"tool.pip-sysdeps{message}"


def test_all_problems_are_reported_at_once() -> None:
    """All are in one error."""
    with pytest.raises(MalformedError) as told:
        parse_project("[tool.pip-sysdeps]\ntarget = []\nwhen = 1\n")
    assert str(told.value) == (
        "tool.pip-sysdeps.target: is unknown; did you mean `targets`?; tool.pip-sysdeps.when: is not an array"
    )


def test_more_entries_than_can_be_compared() -> None:
    """Distributions, entries and names count; one in an array counts as one in an entry of its own."""
    sonames = ", ".join(f'"lib{number}.so"' for number in range(990))
    text = f'[tool.pip-sysdeps.distribution.a]\nignore = [{{ sonames = [{sonames}], reason = "x" }}]\n'
    assert len(parse_project(text).distribution[0].ignore) == 990
    with pytest.raises(MalformedError) as raised:
        parse_project(text + "plugins = [" + '"a/*.so", ' * 10 + "]\n")
    assert str(raised.value) == "tool.pip-sysdeps: has 1004 entries and names, more than 1000"


@pytest.mark.parametrize("text", ["[tool.pip-sysdeps", "a = " + "[" * 5000])
def test_invalid_toml(text: str) -> None:
    """It is an error of ours, not of the parser."""
    with pytest.raises(MalformedError, match=r"is not TOML|nested too deeply"):
        parse_project(text)


def test_the_table_must_be_a_table() -> None:
    """Not an array of them."""
    with pytest.raises(MalformedError, match=r"^tool.pip-sysdeps: is not a table$"):
        parse_project("[[tool.pip-sysdeps]]\n")


@pytest.mark.parametrize(
    "key",
    [
        ".".join("a" * 33),
        " . ".join(['"a.b"'] * 33),
        f"x = 1\n[{'.'.join('a' * 33)}]\n#",
        f'x = {{y = """\nz""", {".".join("a" * 33)} = 1, w = ""}}\n#',
    ],
)
def test_a_key_of_endless_parts(key: str) -> None:
    """The parts of a key are limited, because the parser's time is quadratic."""
    with pytest.raises(MalformedError, match=r"^has a key of more than 32 parts$"):
        parse_project(f"{key} = 1\n")


@pytest.mark.parametrize(
    "line",
    [
        f"{'.'.join('a' * 32)} = 1",
        f'description = "{"a." * 40}"',
        f"description = '{'a.' * 40}'",
        f'description = """\n{"a." * 40}"""',
        f'a = "\\"{"a." * 40}"',
        f"a = 1 # {'a.' * 40}",
        "files = [" + '"a.b", ' * 40 + "]",
    ],
)
def test_dots_that_are_in_no_key(line: str) -> None:
    """Strings and comments may have as many dots as they like."""
    assert parse_project(f"{line}\n") == Project()
