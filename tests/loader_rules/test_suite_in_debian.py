"""The loader's own tests inside a Debian 13 root: its interpreter, its gcc and its ld.so, nothing of this machine."""

from __future__ import annotations

import re
import shutil
from pathlib import Path

import pytest

from builders.debian import fresh_root, run_in

PROJECT = Path(__file__).parents[2]
NEEDED = ("src", "tests", "fuzz", "pyproject.toml", "README.md", "LICENSE")
TESTED = ("tests/loader_rules", "tests/unit/loader", "tests/unit/elf")
EXPECTED_SKIPS = r"SKIPPED .*the rule is for glibc <=2\.36, this is 2\.41"


@pytest.mark.debian
@pytest.mark.network
def test_the_suite_inside_debian_13(tmp_path: Path) -> None:
    """Every rule of glibc, random graphs, and what Python loads; of all that only old glibc's rules are left out."""
    root = fresh_root(tmp_path / "root", "trixie", "build")
    for name in NEEDED:
        source = PROJECT / name
        (shutil.copytree if source.is_dir() else shutil.copyfile)(source, root / "opt" / name)
    run_in(root, ["python3", "-m", "venv", "/opt/venv"])
    run_in(root, ["/opt/venv/bin/pip", "install", "--quiet", "--retries=10", "--editable", "/opt[test]"])
    tests = [f"/opt/{name}" for name in TESTED]
    done = run_in(
        root,
        ["/opt/venv/bin/python", "-m", "pytest", "-q", "-c", "/opt/pyproject.toml", "-k", "not musl", *tests],
        env={"CI": "1"},
    )
    skips = [line for line in done.stdout.splitlines() if line.startswith("SKIPPED")]
    assert [line for line in skips if not re.match(EXPECTED_SKIPS, line)] == []
    (passed,) = re.findall(r"^([0-9]+) passed", done.stdout, re.MULTILINE)
    assert int(passed) > 550
