"""Test programs that exist only as a link of a postinst script: the package that the index names has the program."""

from __future__ import annotations

from typing import TYPE_CHECKING

import pytest

from builders.debian import SUITES, apt_install, fresh_root, run_in
from pip_sysdeps.packages.debian.archive import default_alternatives
from pip_sysdeps.packages.index import open_index

if TYPE_CHECKING:
    from pathlib import Path

NOT_ON_PATH = 'for name; do command -v "$name" >/dev/null || echo "$name"; done'


@pytest.mark.debian
@pytest.mark.network
@pytest.mark.exhaustive
@pytest.mark.parametrize("suite", SUITES)
def test_the_named_package_brings_the_program(suite: str, tmp_path: Path) -> None:
    """Each name of the file is on PATH once the packages that the index has for them are installed.

    Before, only those are that come with a package of every image.
    """
    index = open_index(f"debian-{suite}-amd64")
    assert index is not None
    answers = {name: index.package_of_program(name) for name in default_alternatives()}
    packages = {name: answer.package or answer.alternatives[0] for name, answer in answers.items() if answer}
    root = fresh_root(tmp_path / "root", suite)
    absent = {name for name, package in packages.items() if package not in index.base}
    assert set(run_in(root, ["sh", "-c", NOT_ON_PATH, "sh", *packages]).stdout.split()) == absent
    apt_install(root, sorted(set(packages.values())))
    assert run_in(root, ["sh", "-c", NOT_ON_PATH, "sh", *packages]).stdout == ""
