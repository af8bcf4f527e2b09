"""Pip-sysdeps itself in a real root with musl: the hook, `run`, names, symbols, wheels; judged by the root's Python."""

from __future__ import annotations

import shutil
import subprocess
import sys
from pathlib import Path
from typing import TYPE_CHECKING, NamedTuple

import pytest

from builders.debian import copy_root, made_once, require_root_and, run_in
from builders.ld_musl import MUSL
from builders.musl_root import musl_root, musl_wheels
from builders.root import write
from pip_sysdeps.lock.text import loads

if TYPE_CHECKING:
    from pip_sysdeps.lock.document import Target

pytestmark = [pytest.mark.debian, pytest.mark.network]

REPOSITORY = Path(__file__).parents[2]
PYTHON, VENV = "/usr/local/bin/python3.11", "/opt/venv"
SITE = "opt/venv/lib/python3.11/site-packages"
TOOLS = ("pip", "packaging", "installer", "tomlkit")
TARGET = "alpine-3.22-x86_64"
IN_FOLDER = "import os, sys; os.chdir('/work'); os.execv(sys.argv[1], sys.argv[1:])"
"""There is no shell in the root."""


class Image(NamedTuple):
    """A root with an environment that has pip and pip-sysdeps."""

    root: Path
    """The root."""

    def run(self, program: str, *argv: str, status: int = 0) -> subprocess.CompletedProcess[str]:
        """Run a program of the environment in the project's folder."""
        env = {"PIP_NO_INDEX": "1", "PIP_FIND_LINKS": "/wheels", "PYTHONWARNINGS": "ignore"}
        done = run_in(self.root, [PYTHON, "-c", IN_FOLDER, f"{VENV}/bin/{program}", *argv], check=False, env=env)
        assert done.returncode == status, done.stdout + done.stderr
        return done

    def pip(self, *argv: str) -> str:
        """Run pip; return what the hook says behind it."""
        lines = self.run("pip", *argv, "-q").stderr.splitlines()
        return "\n".join(line for line in lines if line.startswith("pip-sysdeps"))

    def tool(self, *argv: str, status: int = 0) -> str:
        """Run pip-sysdeps on the environment; return its standard output."""
        return self.run("pip-sysdeps", *argv, "--python", VENV, status=status).stdout

    def says(self, source: str) -> str:
        """Run a line of Python in the environment; return what it prints, or the last line of its error."""
        done = run_in(self.root, [f"{VENV}/bin/python", "-c", source], check=False)
        return done.stdout.strip() or done.stderr.strip().rpartition("\n")[2]

    def locked(self, name: str = "sysdeps.lock") -> Target:
        """Return the one target of a lock."""
        (target,) = loads((self.root / "work" / name).read_text()).target
        return target

    def module(self, name: str, source: str) -> None:
        """Install a module as a distribution of its own."""
        info = self.root / SITE / f"{name}-1.dist-info"
        write(self.root / SITE / f"{name}.py", source)
        write(info / "METADATA", f"Metadata-Version: 2.1\nName: {name}\nVersion: 1\nSummary: pdftotext and libpq\n")
        write(info / "RECORD", f"{name}.py,,\n{info.name}/METADATA,,\n{info.name}/RECORD,,\n")


def base_image() -> Path:
    """Return the cached root with the wheels, and an environment with pip."""
    root, wheels = musl_root(), musl_wheels()
    with made_once(f"{root.name}-life-1") as (image, unfinished):
        if unfinished is not None:
            copy_root(root, unfinished)
            shutil.copytree(wheels, unfinished / "wheels")
            download = [sys.executable, "-m", "pip", "download", "-q", "--no-deps", "-d", str(unfinished / "wheels")]
            subprocess.run([*download, *TOOLS], check=True)
            (pip,) = (unfinished / "wheels").glob("pip-*.whl")
            for folder in ("work", "root"):
                (unfinished / folder).mkdir(exist_ok=True)
            run_in(unfinished, [PYTHON, "-m", "venv", "--without-pip", VENV])
            install = [f"{VENV}/bin/python", f"/wheels/{pip.name}/pip", "install", "-q", "--no-index"]
            run_in(unfinished, [*install, f"/wheels/{pip.name}"])
    return image


@pytest.fixture(scope="module")
def with_tool(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """Return a root whose environment has this pip-sysdeps."""
    require_root_and("util-linux:unshare", "musl-tools:musl-gcc")
    root = copy_root(base_image(), tmp_path_factory.mktemp("tool") / "root")
    build = [sys.executable, "-m", "pip", "wheel", "-q", "--no-deps", "-w", str(root / "wheels"), str(REPOSITORY)]
    subprocess.run(build, check=True)
    image = Image(root)
    image.pip("install", "pip-sysdeps")
    write(root / "work/pyproject.toml", '[project]\nname = "app"\nversion = "1"\n')
    return root


@pytest.fixture
def image(with_tool: Path, tmp_path: Path) -> Image:
    """Return a copy to change at will."""
    return Image(copy_root(with_tool, tmp_path / "root"))


def test_the_hook(image: Image) -> None:
    """Each pip brings the lock up to date."""
    image.run("pip-sysdeps", "hook", "enable", "--python", VENV)
    assert image.pip("install", "--no-compile", "psycopg2") == "pip-sysdeps: sysdeps.lock created: +libpq (psycopg2)"
    assert image.locked().installs == ("libpq",)
    assert image.pip("uninstall", "-y", "psycopg2") == "pip-sysdeps: sysdeps.lock updated: -libpq"
    assert image.locked().installs == ()
    assert "state: current" in image.run("pip-sysdeps", "hook", "status", "--python", VENV).stdout


def test_run(image: Image) -> None:
    """`run` does the same without a hook."""
    pip = (f"{VENV}/bin/python", "-m", "pip", "install", "-q", "psycopg2")
    said = image.run("pip-sysdeps", "run", "--", *pip).stderr
    assert said.splitlines()[-1] == "pip-sysdeps: sysdeps.lock created: +libpq (psycopg2)"
    assert image.locked().id == TARGET


def test_the_other_commands(image: Image) -> None:
    """`--check`, `diff`, `audit`, `why`, `tree`, `export`, `verify`, and the line of this system."""
    image.pip("install", "--no-compile", "psycopg2", "cryptography")
    image.tool("lock")
    assert (image.locked().libc, image.locked().needs_musl) == ("musl", "1.2")
    image.tool("lock", "--check")
    assert image.tool("diff", "sysdeps.lock", "--environment") == ""
    assert "libpq    17.5-r0" in image.tool("audit")
    assert "by default directory\n        └── libpq 17.5-r0" in image.tool("why", "libpq.so.5")
    assert "libpq.so.5: import → libpq" in image.tool("tree")
    assert "pkg:apk/alpine/libpq@17.5-r0?arch=x86_64" in image.tool("export", "--format", "cyclonedx")
    image.tool("verify")
    assert image.run("pip-sysdeps", "install-line").stdout == "libpq\n"
    image.pip("uninstall", "-y", "psycopg2")
    image.tool("lock", "--check", status=1)
    assert "libpq" in image.tool("diff", "sysdeps.lock", "--environment", status=1)


def test_wheels_for_a_target(image: Image) -> None:
    """The musllinux wheels alone give the lock of the release, by capabilities; zlib is base."""
    image.run("pip-sysdeps", "lock", "--wheels", "/wheels", "--target", TARGET, "-o", "wheels.lock")
    assert image.locked("wheels.lock").installs == ("so:libpq.so.5",)


def test_names(image: Image) -> None:
    """What code runs and opens by name is a capability, busybox's programs and what is there are not."""
    source = "import ctypes, subprocess\nctypes.CDLL('libpq.so.5')\nctypes.CDLL('libmagic.so.1')\n"
    image.module("app", f"{source}subprocess.run(['pdftotext'], check=True)\nsubprocess.run(['tar'], check=True)\n")
    image.tool("lock")
    assert image.locked().installs == ("cmd:pdftotext", "libpq", "so:libmagic.so.1")


def test_find_library(image: Image) -> None:
    """CPython's own finds nothing without a compiler, which verify says; a patched one finds it in a folder."""
    asked = "import ctypes.util\nprint(ctypes.util.find_library('pq'))"
    image.module("app", "import ctypes, ctypes.util\nlibrary = ctypes.CDLL(ctypes.util.find_library('pq'))\n")
    assert image.says(asked) == "None"
    assert "find_library returns None: libpq.so.5 is at /usr/lib/libpq.so.5, but this Python needs a compiler" in (
        image.tool("verify", "--lockless", status=1)
    )
    patch = "\n\ndef find_library(name):  # as it is patched for musl\n    from glob import glob\n"
    patch += "    found = [p for d in ('/lib', '/usr/lib') for p in sorted(glob(f'{d}/lib{name}.so*'))]\n"
    patch += "    return os.path.basename(found[0]) if found else None\n"
    with (image.root / "usr/local/lib/python3.11/ctypes/util.py").open("a") as file:
        file.write(patch)
    assert image.says(asked) == "libpq.so.5"
    image.tool("verify", "--lockless")


MODULE = """
extern int foo(void);
extern void *PyModule_Create2(void *, int);
static long definition[16] = {1, 0, 0, 0, 0, (long)"app", 0, -1};
int keep(void) { return foo(); }
void *PyInit_app(void) { return PyModule_Create2(definition, 1013); }
"""
FOO = "int foo(void) { return 1; }"
HIDDEN = 'int foo_1(void) { return 1; }\n__asm__(".symver foo_1, foo@V_2");'
LIBRARIES = {
    "the same version": (FOO, "V_1 { global: foo; };", True),
    "another version": (FOO, "V_2 { global: foo; };", True),
    "no version": (FOO, "{ global: foo; };", True),
    "a hidden one": (HIDDEN, "V_2 { global: foo; };", False),
    "none": ("int bar(void) { return 1; }", "V_1 { global: bar; };", False),
}
"""What becomes of the library that the module was linked to, and whether it can be imported then."""


def compiled(path: Path, source: str, *options: str) -> Path:
    """Compile a shared object for musl."""
    path.with_suffix(".c").write_text(source)
    command = ["musl-gcc", "-shared", "-fPIC", "-o", str(path), str(path.with_suffix(".c")), *options]
    subprocess.run(command, check=True)
    return path


def library(folder: Path, source: str, versions: str) -> Path:
    """Compile the library with a version script."""
    (folder / "map").write_text(versions)
    return compiled(folder / "libfoo.so.1", source, "-Wl,-soname,libfoo.so.1", f"-Wl,--version-script,{folder}/map")


def test_symbols(image: Image, tmp_path: Path) -> None:
    """What the loader imports, verify passes; musl takes any version, but no hidden one."""
    assert Path(MUSL).exists()
    image.module("other", "")
    linked = library(tmp_path, FOO, "V_1 { global: foo; };")
    name = "app.cpython-311-x86_64-linux-musl.so"
    shutil.copy(compiled(tmp_path / name, MODULE, str(linked)), image.root / SITE)
    found = {}
    for case, (source, versions, _) in LIBRARIES.items():
        shutil.copy(library(tmp_path, source, versions), image.root / "usr/lib")
        imported = image.says("import app; print('imported')") == "imported"
        verified = image.run("pip-sysdeps", "verify", "--lockless", "--python", VENV, status=0 if imported else 1)
        found[case] = imported
        assert imported or "undefined symbol foo: no library defines it" in verified.stdout
    assert found == {case: expected for case, (_, _, expected) in LIBRARIES.items()}
