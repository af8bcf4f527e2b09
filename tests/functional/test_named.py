"""What Python sources open by name, from a source to the line."""

from __future__ import annotations

import gzip
import shutil
from typing import TYPE_CHECKING

import pytest

from builders.pip_env import write_sdist
from builders.small_debian import SITE
from builders.venv import install

if TYPE_CHECKING:
    from collections.abc import Mapping
    from pathlib import Path

    from builders.desk import Desk

OPENS = b"import ctypes.util\nlibrary = ctypes.CDLL(ctypes.util.find_library('magic'))\n"


def declare(desk: Desk, name: str, *lines: str, files: Mapping[str, bytes] | None = None) -> None:
    """Install a distribution that says in METADATA what it requires from outside; others with `files` go."""
    site = desk.root / SITE.lstrip("/")
    for old in site.glob("[!p]*.dist-info"):
        shutil.rmtree(old)
    headers = "".join(f"Requires-External: {line}\n" for line in lines)
    metadata = {"METADATA": f"Metadata-Version: 2.1\nName: {name}\nVersion: 1.0\n{headers}"}
    install(site, name, files=files, metadata=metadata)


def test_a_source_that_opens_a_library(desk: Desk) -> None:
    """The library's package is in the line, though no ELF file names it."""
    install(desk.root / SITE.lstrip("/"), "opener", files={"opener.py": OPENS})
    assert desk.run_lock().status == 0
    assert desk.run_apt_line().out == "libmagic1 libpq5\n"


def test_a_distribution_that_is_known_to_need_nothing(desk: Desk) -> None:
    """Its sources are not heeded, whatever they open: the knowledge file says so of pip."""
    install(desk.root / SITE.lstrip("/"), "pip", files={"pip/opener.py": OPENS})
    assert desk.run_lock().status == 0
    assert desk.run_apt_line().out == "libpq5\n"


# ------------------------------------------------------------------------------------------------- who says what counts


@pytest.mark.parametrize(
    ("line", "package"),
    [
        ("libmagic", "libmagic1"),
        ("libmagic.so.1 (>= 5)", "libmagic1"),
        ("pdftoppm", "poppler-utils"),
        ('libmagic; sys_platform == "linux" and python_version >= "3.11"', "libmagic1"),
        ('libmagic; sys_platform == "win32"', ""),
        ("libmagic; no marker", "libmagic1"),
    ],
)
def test_requires_external(desk: Desk, line: str, package: str) -> None:
    """What METADATA declares is in the line: a library, a program; not what a marker is for another system."""
    declare(desk, "declaring", line)
    assert desk.run_lock().status == 0
    assert desk.run_apt_line().out == " ".join(sorted(filter(None, [package, "libpq5"]))) + "\n"


def test_the_project_of_an_sdist(desk: Desk, monkeypatch: pytest.MonkeyPatch) -> None:
    """`[external]` of an sdist that direct_url.json names is read from it; a broken or huge one is set aside."""
    project = '[external]\ndependencies = ["dep:generic/libmagic@>=5", "dep:virtual/interface/blas"]\n'
    sdist = write_sdist(desk.root, "declaring", project=project)
    url = '{"url": "file:///declaring-1.0.tar.gz", "archive_info": {}}'
    install(desk.root / SITE.lstrip("/"), "declaring", metadata={"direct_url.json": url})
    assert desk.run_lock().status == 0
    assert desk.run_apt_line().out == "libmagic1 libpq5\n"
    assert 'evidence = "[external]: dep:generic/libmagic@>=5"' in desk.lock.read_text()

    whole = sdist.read_bytes()
    for content in (whole[:200], b"", gzip.compress(b"no archive"), whole):
        monkeypatch.setattr("pip_sysdeps.host.sdist._MAX_UNPACKED", 500)
        sdist.write_bytes(content)
        assert "set aside (malformed): /declaring-1.0.tar.gz: " in desk.run_lock("-v").err
        assert desk.run_apt_line().out == "libpq5\n"


def test_the_order_of_authority(desk: Desk, tmp_path: Path) -> None:
    """The source is sure of nothing; the declaration is; the knowledge file says more than both; the policy, most."""
    finds = b"import shutil, subprocess\nif shutil.which('pdftoppm'):\n    subprocess.run(['pdftoppm'])\n"

    def line_of(name: str, *lines: str, policy: str = "") -> str:
        declare(desk, name, *lines, files={"finds.py": finds})
        (tmp_path / "pyproject.toml").write_text(policy)
        assert desk.run_lock().status == 0
        return desk.run_apt_line().out

    assert line_of("finds") == "libpq5\n"
    assert line_of("finds", "pdftoppm") == "libpq5 poppler-utils\n"
    assert line_of("pysaml2", "pdftoppm") == "libpq5 xmlsec1\n"
    ignore = "ignore = [{ package = 'xmlsec1', reason = 'signs nothing' }]"
    add = "add = [{ package = 'poppler-utils', reason = 'draws pages' }]"
    policy = f"[tool.pip-sysdeps.distribution.pysaml2]\n{ignore}\n{add}\n"
    assert line_of("pysaml2", "pdftoppm", policy=policy) == "libpq5 poppler-utils\n"
