"""What packages that are not installed cost, by apt's lists, held against what the real apt would install."""

from __future__ import annotations

import re
from typing import TYPE_CHECKING

import pytest

from builders.debian import apt_update, fresh_root, run_in
from pip_sysdeps.packages.closure import Closures
from pip_sysdeps.packages.installed import open_packages
from pip_sysdeps.system.root import Root

if TYPE_CHECKING:
    from pathlib import Path

pytestmark = [pytest.mark.debian, pytest.mark.network]

NAMES = ("libpq5", "libgl1", "graphviz", "chromium", "git", "libxml-simple-perl", "libjson-any-perl", "ffmpeg")
"""With virtual packages (a message bus, a mail agent), alternatives, and choices that something else decides."""


@pytest.mark.parametrize("suite", ["bookworm", pytest.param("trixie", marks=pytest.mark.exhaustive)])
def test_the_packages_are_those_that_apt_installs(suite: str, tmp_path: Path) -> None:
    """In the root, and in one where nothing is installed."""
    release = fresh_root(tmp_path / "release", suite)
    apt_update(release)
    packages = open_packages(Root(str(release)))
    assert packages is not None
    here = Closures(packages.packages, packages.packages, packages.listed)
    nothing = Closures({}, (), packages.listed)
    for name in NAMES:
        for closures, status in ((here, ()), (nothing, ("-o", "Dir::State::status=/dev/null"))):
            command = ["apt-get", "install", "--simulate", "--no-install-recommends", *status, name]
            simulated = run_in(release, command).stdout
            expected = {line.partition(":")[0] for line in re.findall(r"^Inst (\S+)", simulated, re.MULTILINE)}
            cost = closures.cost([name])
            assert cost is not None
            assert set(cost.packages) == expected, name
