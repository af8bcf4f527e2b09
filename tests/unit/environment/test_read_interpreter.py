"""The Python of an environment, from links, folder names and pyvenv.cfg."""

from __future__ import annotations

from typing import TYPE_CHECKING

import pytest

from builders.root import link, unprivileged_folder, write
from builders.venv import ELF, make_interpreter, make_venv
from pip_sysdeps.environment.read_interpreter import PythonName, open_installation, parse_python_name, programs_on_path
from pip_sysdeps.errors import SysdepsError
from pip_sysdeps.model.environment import Interpreter
from pip_sysdeps.system.root import Root

if TYPE_CHECKING:
    from pathlib import Path

LOCAL = Interpreter(path="/usr/local/bin/python3.11", prefix="/usr/local", version=(3, 11), abi_tag="cp311")


def open_in(folder: Path, path: str) -> tuple[str, Interpreter, str]:
    """Return prefix, interpreter and library folder's name of what lies at a path."""
    installation = open_installation(Root(str(folder)), path)
    return installation.prefix, installation.interpreter, installation.python


@pytest.mark.parametrize(
    ("name", "parsed"),
    [
        ("python3.11", PythonName(name="python3.11", version=(3, 11), abi_tag="cp311")),
        ("python3.13t", PythonName(name="python3.13t", version=(3, 13), abi_tag="cp313t")),
        ("pypy3.10", PythonName(name="pypy3.10", version=(3, 10), abi_tag="pp310")),
        ("python3", None),
        ("python3.11-config", None),
        ("cpython3.11", None),
    ],
)
def test_python_name(name: str, parsed: PythonName | None) -> None:
    """A versioned name tells version and ABI."""
    assert parse_python_name(name) == parsed


@pytest.mark.parametrize("path", ["/opt/venv", "/opt/venv/", "/opt/venv/bin/python", "/opt/venv/bin/python3"])
def test_venv_by_folder_or_program(tmp_path: Path, path: str) -> None:
    """A virtual environment is known by its folder and by either name of its interpreter."""
    make_interpreter(tmp_path)
    make_venv(tmp_path)
    assert open_in(tmp_path, path) == ("/opt/venv", LOCAL, "python3.11")


@pytest.mark.parametrize(
    "path", ["/usr/local", "/usr/local/bin/python3", "/usr/local/bin/python3.11", "/usr/bin/python3"]
)
def test_interpreter_without_venv(tmp_path: Path, path: str) -> None:
    """An interpreter's own prefix is where its standard library lies, whatever link leads to it."""
    make_interpreter(tmp_path)
    link(tmp_path / "usr/bin/python3", "../local/bin/python3.11")
    assert open_in(tmp_path, path) == ("/usr/local", LOCAL, "python3.11")


@pytest.mark.parametrize(
    ("name", "version", "tag"),
    [("python3.13t", (3, 13), "cp313t"), ("pypy3.10", (3, 10), "pp310"), ("python3.9", (3, 9), "cp39")],
)
def test_kinds_of_python(tmp_path: Path, name: str, version: tuple[int, int], tag: str) -> None:
    """Free-threaded builds and PyPy have names and folders of their own."""
    make_interpreter(tmp_path, "/opt/python", name)
    make_venv(tmp_path, name=name, home="/opt/python/bin")
    expected = Interpreter(path=f"/opt/python/bin/{name}", prefix="/opt/python", version=version, abi_tag=tag)
    assert open_in(tmp_path, "/opt/venv") == ("/opt/venv", expected, name)
    assert open_in(tmp_path, "/opt/python") == ("/opt/python", expected, name)


def test_unversioned_program(tmp_path: Path) -> None:
    """A program called python3 has the version of the one standard library beside it."""
    folder = make_interpreter(tmp_path)
    (folder / "bin/python3").unlink()
    (folder / "bin/python3.11").rename(folder / "bin/python3")
    expected = Interpreter(path="/usr/local/bin/python3", prefix="/usr/local", version=(3, 11), abi_tag="cp311")
    assert open_in(tmp_path, "/usr/local") == ("/usr/local", expected, "python3.11")
    write(folder / "lib/python3.12/os.py")
    with pytest.raises(SysdepsError, match="cannot determine the version of `/usr/local/bin/python3`"):
        open_in(tmp_path, "/usr/local")


def test_standard_library_in_lib64(tmp_path: Path) -> None:
    """Fedora and SUSE have it there."""
    make_interpreter(tmp_path, "/usr", lib="lib64")
    assert open_in(tmp_path, "/usr/bin/python3")[0] == "/usr"


def test_interpreter_without_standard_library(tmp_path: Path) -> None:
    """Its own name tells the version, and its folder's parent is the prefix."""
    write(tmp_path / "opt/x/bin/python3.12", ELF)
    expected = Interpreter(path="/opt/x/bin/python3.12", prefix="/opt/x", version=(3, 12), abi_tag="cp312")
    assert open_in(tmp_path, "/opt/x/bin/python3.12") == ("/opt/x", expected, "python3.12")


def test_venv_with_copies(tmp_path: Path) -> None:
    """The copied interpreter runs; its standard library is in the base's prefix."""
    make_interpreter(tmp_path)
    site = make_venv(tmp_path)
    python = site.parents[2] / "bin" / "python3"
    python.unlink()
    write(python, ELF)
    interpreter = open_in(tmp_path, "/opt/venv")[1]
    assert (interpreter.path, interpreter.prefix) == ("/opt/venv/bin/python3", "/usr/local")


def test_venv_whose_base_is_gone(tmp_path: Path) -> None:
    """The folder alone still shows the version."""
    make_venv(tmp_path)
    expected = Interpreter(path="", prefix="", version=(3, 11), abi_tag="cp311")
    assert open_in(tmp_path, "/opt/venv") == ("/opt/venv", expected, "python3.11")


def test_venv_whose_link_is_broken_but_whose_home_is_there(tmp_path: Path) -> None:
    """`home` finds the base interpreter (PEP 405)."""
    make_interpreter(tmp_path)
    site = make_venv(tmp_path)
    (site.parents[2] / "bin/python3").unlink()
    assert open_in(tmp_path, "/opt/venv")[1] == LOCAL


def test_venv_behind_a_link(tmp_path: Path) -> None:
    """The environment's own folder counts, not the link that leads to it."""
    make_interpreter(tmp_path)
    make_venv(tmp_path)
    link(tmp_path / "venv", "/opt/venv")
    assert open_in(tmp_path, "/venv") == ("/opt/venv", LOCAL, "python3.11")
    assert open_in(tmp_path, "/venv/bin/python3") == ("/opt/venv", LOCAL, "python3.11")


def test_link_to_a_venvs_python_is_not_the_venv(tmp_path: Path) -> None:
    """Python looks for pyvenv.cfg beside the path that it is started by; a link elsewhere starts the base."""
    make_interpreter(tmp_path)
    make_venv(tmp_path)
    link(tmp_path / "tools/python3", "/opt/venv/bin/python3")
    assert open_in(tmp_path, "/tools/python3") == ("/usr/local", LOCAL, "python3.11")


def test_venv_of_two_versions(tmp_path: Path) -> None:
    """After an upgrade in place pyvenv.cfg tells which folder is in use."""
    make_interpreter(tmp_path)
    make_venv(tmp_path)
    (tmp_path / "opt/venv/lib/python3.10/site-packages").mkdir(parents=True)
    assert open_in(tmp_path, "/opt/venv")[2] == "python3.11"


def test_links_do_not_leave_the_root(tmp_path: Path) -> None:
    """A venv whose interpreter is a link to the machine's own has none inside this root."""
    inside = tmp_path / "root"
    make_interpreter(tmp_path, "/machine")
    make_venv(inside, home=f"{tmp_path}/machine/bin")
    assert open_in(inside, "/opt/venv")[1].path == ""


@pytest.mark.parametrize("program", ["#!/bin/sh\nexec python3.11\n", "", "\x7fEL"])
def test_script_is_no_interpreter(tmp_path: Path, program: str) -> None:
    """A script is an error with a hint, because nothing is run."""
    write(tmp_path / "shims/python3", program)
    with pytest.raises(SysdepsError, match="`/shims/python3` is not an interpreter") as caught:
        open_in(tmp_path, "/shims/python3")
    assert "a shim or wrapper" in caught.value.hint


def test_a_script_of_an_environment(tmp_path: Path) -> None:
    """The hint for its pip names the environment."""
    make_venv(tmp_path)
    write(tmp_path / "opt/venv/bin/pip", "#!/opt/venv/bin/python3\n").chmod(0o755)
    with pytest.raises(SysdepsError, match=r"`/opt/venv/bin/pip` is not an interpreter") as caught:
        open_in(tmp_path, "/opt/venv/bin/pip")
    assert caught.value.hint == "it is in the virtual environment `/opt/venv`: name that"


def test_another_file_is_no_shim(tmp_path: Path) -> None:
    """The hint for a file that nobody can run, such as requirements.txt, says what to name."""
    write(tmp_path / "src/requirements.txt", "psycopg2\n")
    with pytest.raises(SysdepsError, match=r"`/src/requirements\.txt` is not an interpreter") as caught:
        open_in(tmp_path, "/src/requirements.txt")
    assert caught.value.hint == "name the folder of a virtual environment, or its bin/python"


@pytest.mark.parametrize(
    ("config", "message"),
    [
        ("", "/opt/venv/pyvenv.cfg: `home` is missing or not an absolute path"),
        ("home = \n", "/opt/venv/pyvenv.cfg: `home` is missing or not an absolute path"),
        ("home = ../bin\n", "/opt/venv/pyvenv.cfg: `home` is missing or not an absolute path"),
        ("x" * (1 << 21), "cannot read `/opt/venv/pyvenv.cfg`: Larger than 1048576 bytes"),
    ],
)
def test_broken_venv_config(tmp_path: Path, config: str, message: str) -> None:
    """It is reported with its path."""
    make_venv(tmp_path, config=config)
    with pytest.raises(SysdepsError) as caught:
        open_in(tmp_path, "/opt/venv")
    assert str(caught.value) == message
    assert caught.value.hint


def test_venv_without_library_folder(tmp_path: Path) -> None:
    """Nothing tells its version: an error."""
    write(tmp_path / "v/pyvenv.cfg", "home = /usr/bin\n")
    with pytest.raises(SysdepsError, match="the virtual environment `/v` has no lib"):
        open_in(tmp_path, "/v")


@pytest.mark.parametrize(
    ("path", "message"),
    [
        ("/nowhere", "no environment or interpreter at `/nowhere`"),
        ("/srv", "`/srv` is not a Python environment: it has neither pyvenv.cfg nor bin/python3"),
        ("/pipe", "no environment or interpreter at `/pipe`"),
    ],
)
def test_nothing_there(tmp_path: Path, path: str, message: str) -> None:
    """A place without Python is an error with a hint."""
    (tmp_path / "srv").mkdir()
    with pytest.raises(SysdepsError) as caught:
        open_in(tmp_path, path)
    assert str(caught.value) == message
    assert caught.value.hint


def test_unreadable_config() -> None:
    """A pyvenv.cfg that may not be read is an error, not an absence."""
    with unprivileged_folder() as folder:
        make_venv(folder)
        (folder / "opt/venv/pyvenv.cfg").chmod(0)
        with pytest.raises(SysdepsError, match=r"cannot read `/opt/venv/pyvenv\.cfg`: Permission denied"):
            open_in(folder, "/opt/venv")


def test_programs_on_path(tmp_path: Path) -> None:
    """As a shell: executable files in the order of PATH, relative entries left out, scripts included."""
    for folder, mode in (("one", 0o644), ("two", 0o755), ("three", 0o755)):
        write(tmp_path / folder / "python3", ELF).chmod(mode)
    (tmp_path / "four/python3").mkdir(parents=True)
    root = Root(str(tmp_path))
    environ = {"PATH": "/one:three:/four:/missing:/two::/three"}
    assert list(programs_on_path(root, environ, "python3")) == ["/two/python3", "/three/python3"]
