"""Reproduce and repair the classic failure of slim images with real builds of the example's Dockerfiles."""

from __future__ import annotations

import shutil
import subprocess
import sys
from dataclasses import dataclass
from pathlib import Path
from typing import TYPE_CHECKING

import pytest

from builders.debian import debian_root, unavailable
from builders.images import Images, local_python_root, require_buildah

if TYPE_CHECKING:
    from collections.abc import Iterator

pytestmark = [pytest.mark.image, pytest.mark.network]

REPOSITORY = Path(__file__).parents[2]
EXAMPLE = REPOSITORY / "examples" / "webapp"

COMPILER = "gcc libc6-dev libpq-dev"
DEBIAN_PYTHON = "python3-dev python3-venv"

CONNECT = """
import psycopg2
try:
    psycopg2.connect("host=127.0.0.1 port=1 connect_timeout=1")
except psycopg2.OperationalError as error:
    print(error)
"""

IMPORT_ALL = """
import importlib
import importlib.machinery
import importlib.metadata
import traceback

for distribution in importlib.metadata.distributions():
    for file in distribution.files or ():
        suffix = next((s for s in importlib.machinery.EXTENSION_SUFFIXES if file.name.endswith(s)), None)
        if suffix and file.parts[0] != "..":
            name = ".".join([*file.parts[:-1], file.name.removesuffix(suffix)])
            try:
                importlib.import_module(name)
                print("imported", name)
            except ImportError:
                print("FAILED", name, traceback.format_exc())
"""


@pytest.fixture(scope="module")
def images(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Images]:
    """Return an empty storage for images, removed afterwards: it takes gigabytes."""
    require_buildah()
    folder = tmp_path_factory.mktemp("images")
    made = Images(folder=folder)
    yield made
    made.remove()


@pytest.fixture(scope="module")
def wheel(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """Build pip-sysdeps itself into a wheel, which is what users install."""
    folder = tmp_path_factory.mktemp("wheel")
    command = [
        sys.executable,
        "-m",
        "pip",
        "wheel",
        "--quiet",
        "--no-deps",
        "--wheel-dir",
        str(folder),
        str(REPOSITORY),
    ]
    subprocess.run(command, check=True)
    return next(folder.glob("*.whl"))


@dataclass(frozen=True, slots=True, kw_only=True)
class Build:
    """A Dockerfile and what it is built from."""

    images: Images
    name: str
    context: Path
    file: str
    base: str
    build_packages: str
    wheel: Path

    def stage(self, target: str, *, output: Path | None = None) -> str:
        """Build up to a stage; return the name of the image."""
        name = f"{self.name}-{target}"
        self.images.build(
            self.context,
            name,
            file=self.file,
            target=target,
            output=output,
            volumes=(f"{self.wheel.parent}:/wheels:ro",),
            BASE=self.base,
            BUILD_PACKAGES=self.build_packages,
            PIP_SYSDEPS=f"/wheels/{self.wheel.name}",
        )
        return name

    def lock(self) -> str:
        """Copy the lock from the build into the context, as the Dockerfile's first lines say; return its text."""
        self.stage("sysdeps", output=self.context)
        return (self.context / "sysdeps.lock").read_text()

    def environment_only(self, installed: str, lands: str) -> str:
        """Build the release image that fails: with the environment, but without its system packages."""
        context = self.images.folder / f"{self.name}-naive"
        context.mkdir()
        build = f"FROM localhost/{self.name}-build AS build\n"
        release = f"FROM {self.base}\nCOPY --from=build {installed} {lands}\nENV PATH={lands}/bin:$PATH\n"
        (context / "Dockerfile").write_text(build + release)
        self.images.build(context, f"{self.name}-naive")
        return f"{self.name}-naive"

    def apt_line(self) -> list[str]:
        """Return the binary packages that the check stage printed."""
        return self.images.run(self.stage("check"), "cat", "/apt.txt").stdout.split()


def table(rows: list[tuple[str, int, str]]) -> str:
    """Format step, size and result as in README."""
    lines = [f"| {step} | {size / 1e6:.0f} MB | {works} |" for step, size, works in rows]
    return "\n".join(["", "| image | size | works |", "|---|---|---|", *lines])


@dataclass(frozen=True, slots=True, kw_only=True)
class Case:
    """One base image and one way to install."""

    suite: str
    local_python: bool
    file: str

    def __str__(self) -> str:
        """Name the case in pytest's output."""
        python = "python-in-usr-local" if self.local_python else "python-of-debian"
        return f"{self.suite}-{python}-{self.file}"

    def build(self, images: Images, wheel: Path, context: Path) -> Build:
        """Import the base image; return how to build the example on it."""
        root = local_python_root(self.suite) if self.local_python else debian_root(self.suite)
        return Build(
            images=images,
            name=str(self).lower(),
            context=context,
            file=self.file,
            base=images.import_root(root, f"base-{self}".lower()),
            build_packages=COMPILER if self.local_python else f"{COMPILER} {DEBIAN_PYTHON}",
            wheel=wheel,
        )


CASES = [
    Case(suite="bookworm", local_python=False, file="Dockerfile"),
    Case(suite="bookworm", local_python=True, file="Dockerfile.prefix"),
    pytest.param(Case(suite="trixie", local_python=False, file="Dockerfile"), marks=pytest.mark.exhaustive),
    pytest.param(Case(suite="bookworm", local_python=True, file="Dockerfile"), marks=pytest.mark.exhaustive),
]


@pytest.mark.parametrize("case", CASES, ids=str)
def test_the_release_image_has_what_psycopg2_needs(
    case: Case, images: Images, wheel: Path, tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    """The environment alone fails with `ImportError: libpq.so.5`; with the printed line it reaches the port."""
    context = tmp_path / "webapp"
    shutil.copytree(EXAMPLE, context)
    (context / "sysdeps.lock").unlink()
    build = case.build(images, wheel, context)
    lock = build.lock()
    prefix = case.file.endswith("prefix")
    full = build.stage("build")
    naive = build.environment_only(*(("/install", "/usr/local") if prefix else ("/opt/venv", "/opt/venv")))
    release = build.stage("release")

    in_full = images.run(full, "env", *(["PYTHONPATH=" + _site(lock)] if prefix else []), _python(case), "-c", CONNECT)
    in_naive = images.run(naive, _python(case), "-c", CONNECT)
    in_release = images.run(release, _python(case), "-c", CONNECT)
    results = [
        ("full build", full, in_full),
        ("environment only", naive, in_naive),
        ("+ apt-line", release, in_release),
    ]
    with capsys.disabled():
        rows = [(step, images.size(name), _told(result)) for step, name, result in results]
        print(f"\n\n{case}: apt-get install {' '.join(build.apt_line())}" + table(rows))  # noqa: T201  it is the point

    assert "Connection refused" in in_full.stdout, in_full.stderr
    assert "ImportError: libpq.so.5: cannot open shared object file" in in_naive.stderr
    assert "Connection refused" in in_release.stdout, in_release.stderr
    assert build.apt_line() == ["libpq5"]
    assert images.run(release, "sh", "-c", "command -v gcc pip-sysdeps").stdout == ""


def _python(case: Case) -> str:
    return "/usr/local/bin/python3" if case.file.endswith("prefix") else "/opt/venv/bin/python"


def _site(lock: str) -> str:
    version = lock.split('python = "cp3')[1].split('"', maxsplit=1)[0]
    return f"/install/lib/python3.{version}/site-packages"


def _told(result: subprocess.CompletedProcess[str]) -> str:
    """Return the line with the result: the first printed line, or Python's exception."""
    exceptions = [line for line in result.stderr.splitlines() if "Error: " in line and not line.startswith("Error: ")]
    return [*result.stdout.splitlines()[:1], *exceptions, "nothing"][0]


@pytest.mark.parametrize("file", ["Dockerfile", "Dockerfile.prefix"])
@pytest.mark.exhaustive
def test_the_committed_lock_of_the_example_is_current(file: str, images: Images, wheel: Path, tmp_path: Path) -> None:
    """With Python 3.13 on Debian 12 the example builds as it stands, and a new lock is the same to the byte."""
    root = local_python_root("bookworm")
    if not (root / "usr/local/bin/python3.13").exists():
        unavailable("install Python 3.13, whose lock is committed: pyenv install 3.13")
    context = tmp_path / "webapp"
    shutil.copytree(EXAMPLE, context)
    case = Case(suite="bookworm", local_python=True, file=file)
    build = case.build(images, wheel, context)
    build.stage("release")
    (context / "sysdeps.lock").unlink()
    assert build.lock() == (EXAMPLE / "sysdeps.lock").read_text()


SEVERAL = """\
--no-binary lxml,mysqlclient,pycairo,python-ldap
lxml==6.1.3
mysqlclient==2.3.1
numpy==2.4.6
pillow==13.0.0
psycopg2-binary==2.9.13
pyarrow==26.0.1
pycairo==1.29.2
python-ldap==3.4.8
"""

SEVERAL_PACKAGES = (
    "gcc g++ libc6-dev pkg-config default-libmysqlclient-dev libcairo2-dev libldap-dev libsasl2-dev "
    "libxml2-dev libxslt1-dev"
)

NEEDED_NAMES = "find /opt/venv -name '*.so*' -type f -exec readelf -dW {} + 2>/dev/null"


@pytest.mark.parametrize("suite", ["bookworm", pytest.param("trixie", marks=pytest.mark.exhaustive)])
def test_several_distributions_import_in_the_release_image(
    suite: str, images: Images, wheel: Path, tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    """Four distributions from source and four wheels import, and no binary package is listed that no file needs."""
    shutil.copy(EXAMPLE / "Dockerfile", tmp_path)
    (tmp_path / "requirements.txt").write_text(SEVERAL)
    (tmp_path / "app.py").write_text(IMPORT_ALL)
    build = Build(
        images=images,
        name=f"several-{suite}",
        context=tmp_path,
        file="Dockerfile",
        base=images.import_root(debian_root(suite), f"base-several-{suite}", variables="CFLAGS=-O0 CXXFLAGS=-O0"),
        build_packages=f"{SEVERAL_PACKAGES} {DEBIAN_PYTHON}",
        wheel=wheel,
    )
    build.lock()
    full = build.stage("build")
    release = build.stage("release")
    in_full = images.run(full, "/opt/venv/bin/python", "-c", IMPORT_ALL).stdout
    in_release = images.run(release, "/opt/venv/bin/python", "-c", IMPORT_ALL).stdout
    line = build.apt_line()
    with capsys.disabled():
        rows = [(name, images.size(name), f"{text.count('imported ')} modules") for name, text in
                ((full, in_full), (release, in_release))]  # fmt: skip
        print(f"\n\n{suite}: apt-get install {' '.join(line)}" + table(rows))  # noqa: T201  it is the point

    assert _imported(in_full) == _imported(in_release)
    assert not [text for text in in_release.splitlines() if "cannot open shared object file" in text]
    assert {"MySQLdb._mysql", "lxml.etree", "cairo._cairo", "_ldap", "pyarrow.lib"} <= _imported(in_release)

    listing = images.run(full, "sh", "-c", NEEDED_NAMES).stdout.splitlines()
    needed = {text.split("[")[1].rstrip("]") for text in listing if "(NEEDED)" in text}
    for package in line:
        files = images.run(release, "dpkg-query", "--listfiles", package).stdout.split()
        assert needed & {file.rpartition("/")[2] for file in files}, f"no file needs {package}"


def _imported(output: str) -> set[str]:
    return {line.removeprefix("imported ") for line in output.splitlines() if line.startswith("imported ")}
