"""`verify` and the real ld.so agree on libraries for this CPU, and for older ones, in glibc-hwcaps folders."""

from __future__ import annotations

import itertools
import json
import re
import shutil
from typing import TYPE_CHECKING

import pytest

from builders.command import pip_sysdeps
from builders.debian import fresh_root, run_in
from builders.environments import VENV
from builders.venv import install

if TYPE_CHECKING:
    from pathlib import Path

pytestmark = pytest.mark.debian

SOURCES = {
    "whole.c": """
        __asm__(".symver old, thing@THING_1"); int old(void) { return 1; }
        __asm__(".symver new, thing@@THING_2"); int new(void) { return 2; }
    """,
    "whole.map": "THING_1 { local: *; }; THING_2 { global: thing; } THING_1;",
    "part.c": "int thing(void) { return 1; }",
    "part.map": "THING_1 { global: thing; local: *; };",
    "module.c": "extern int thing(void); int PyInit_module(void) { return thing(); }",
}
BUILD = """
cd /opt/sources
for name in whole part; do
    gcc -shared -fPIC -Wl,-soname,libthing.so.1 -Wl,--version-script,$name.map -o $name.so $name.c
done
gcc -shared -fPIC -o module.so module.c whole.so
python3 -m venv --without-pip /opt/venv
"""
LIBRARY, LIB = "libthing.so.1", "usr/lib/x86_64-linux-gnu"
FOR_THIS_CPU = f"{LIB}/glibc-hwcaps/x86-64-v2"
LOADER = "/lib64/ld-linux-x86-64.so.2"
NONE = ("--glibc-hwcaps-mask", "none")
"""What makes the loader look into no such folder, as on an older CPU."""
STATES = ("", "part", "whole")
"""No library, one without the newer symbol version, one with it."""


@pytest.mark.parametrize("suite", ["bookworm", pytest.param("trixie", marks=pytest.mark.exhaustive)])
def test_libraries_for_this_cpu(suite: str, tmp_path: Path) -> None:
    """Whatever is in the folder for this CPU and in the one for all, with a cache of it and without any."""
    root = fresh_root(tmp_path / "root", suite, "build")
    sources = root / "opt/sources"
    sources.mkdir(parents=True)
    for name, text in SOURCES.items():
        (sources / name).write_text(text)
    run_in(root, ["sh", "-e", "-c", BUILD])
    (site,) = (root / VENV.lstrip("/")).glob("lib/python3.*/site-packages")
    install(site, "thing", "1.0", files={"module.abi3.so": (sources / "module.so").read_bytes()})
    module = f"/{site.relative_to(root)}/module.abi3.so"
    seen = set()
    for cached, everywhere, special in itertools.product((False, True), STATES, STATES):
        put(root, {LIB: everywhere, FOR_THIS_CPU: special}, cached=cached)
        here, older = judged(root, module), judged(root, module, *NONE)
        assert verified(root, status=bool(here)) == {"error": here, "warning": older - here}
        seen.add((everywhere, special, *here, "|", *older))
    assert {("whole", "part", "THING_2", "|"), ("part", "whole", "|", "THING_2"), ("", "whole", "|", LIBRARY)} <= seen


def put(root: Path, states: dict[str, str], *, cached: bool) -> None:
    """Write the libraries into the folders, and make or remove the cache."""
    for folder, state in states.items():
        (root / folder).mkdir(parents=True, exist_ok=True)
        (root / folder / LIBRARY).unlink(missing_ok=True)
        if state:
            shutil.copy(root / f"opt/sources/{state}.so", root / folder / LIBRARY)
    run_in(root, ["ldconfig"])
    if not cached:
        (root / "etc/ld.so.cache").unlink()


def judged(root: Path, module: str, *options: str) -> set[str]:
    """Return what the real loader does not find."""
    listed = run_in(root, [LOADER, *options, "--list", module], check=False)
    said = listed.stdout + listed.stderr
    missing = re.findall(r"^\t(\S+) => not found|error while loading shared libraries: (\S+):", said, re.MULTILINE)
    return {name for names in missing for name in names if name} | set(re.findall(r"version `(\S+)' not found", said))


def verified(root: Path, *, status: int) -> dict[str, set[str]]:
    """Return what `verify` reports, here and on older CPUs."""
    arguments = ["verify", "--lockless", "--json", "--root", str(root), "--python", VENV]
    problems = json.loads(pip_sysdeps(*arguments, cwd=root, status=status).stdout)["problems"]
    found: dict[str, set[str]] = {"error": set(), "warning": set()}
    for each in problems:
        found[each["severity"]].add(each["subject"])
    assert {each["kind"] for each in problems if each["severity"] == "warning"} <= {"older-cpu"}
    return found
