"""Compare the cost of packages that are not installed, by apt's lists, with what the real apt would install."""

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
    """The size is that which apt prints; in the root, and in one without installed packages."""
    release = fresh_root(tmp_path / "release", suite)
    apt_update(release)
    packages = open_packages(Root(str(release)))
    assert packages is not None
    here = Closures(packages.packages, packages.packages, packages.candidates)
    nothing = Closures({}, (), packages.candidates)
    for name in NAMES:
        for closures, status in ((here, ()), (nothing, ("-o", "Dir::State::status=/dev/null"))):
            command = ["apt-get", "install", "--no-install-recommends", *status, name]
            simulated = run_in(release, [*command, "--simulate"]).stdout
            expected = {line.partition(":")[0] for line in re.findall(r"^Inst (\S+)", simulated, re.MULTILINE)}
            cost = closures.cost([name])
            assert cost is not None
            assert set(cost.packages) == expected, name
            assert _printed(cost.size * 1024) in run_in(release, [*command, "--assume-no"], check=False).stdout, name


def _printed(size: int) -> str:
    """Return a size in bytes as apt prints it. Source: apt's SizeToStr, with its units of a thousand."""
    amount, units = float(size), iter(("", "k", "M", "G"))
    unit = next(units)
    while amount >= 10_000 or (amount >= 100 and unit == ""):
        amount, unit = amount / 1000, next(units)
    shown = f"{amount:.1f}" if amount < 100 and unit else f"{amount:.0f}"
    return f"After this operation, {shown} {unit}B of additional disk space will be used."
