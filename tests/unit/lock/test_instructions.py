"""Dockerfile instructions for what no package has."""

from __future__ import annotations

import shutil
import subprocess
from typing import TYPE_CHECKING

import pytest

from builders.facts import scan_of
from builders.locked import locked, need, target
from builders.world import gcc
from pip_sysdeps.lock.document import LockedNeed
from pip_sysdeps.lock.instructions import (
    CONFIGURATION,
    Instructions,
    copy_instructions,
    copy_messages,
    folder_instructions,
    join_instructions,
    same_name_note,
    target_instructions,
)

if TYPE_CHECKING:
    from pathlib import Path

DEBIAN = scan_of().platform


class Alpine:
    """A system with musl."""

    package_manager, architecture, libc = "apk", "x86_64", "musl"


class Fedora:
    """A system whose ld.so.conf names no folder of its own."""

    package_manager, architecture, libc = "rpm", "x86_64", "glibc"


@pytest.mark.parametrize(
    ("system", "path", "expected"),
    [
        (DEBIAN, "/usr/local/lib/liba.so.1", ["RUN ldconfig"]),
        (DEBIAN, "/usr/local/lib/x86_64-linux-gnu/liba.so.1", ["RUN ldconfig"]),
        (DEBIAN, "/opt/a/lib/liba.so.1", [f"RUN printf '%s\\n' /opt/a/lib > {CONFIGURATION} && ldconfig"]),
        (Fedora(), "/usr/local/lib/liba.so.1", [f"RUN printf '%s\\n' /usr/local/lib > {CONFIGURATION} && ldconfig"]),
        (Fedora(), "/usr/lib64/liba.so.1", ["RUN ldconfig"]),
        (Alpine(), "/usr/local/lib/liba.so.1", []),
        (Alpine(), "/opt/a/lib/liba.so.1", ["ENV LD_LIBRARY_PATH=/opt/a/lib"]),
    ],
)
def test_a_copied_library(system: Alpine | Fedora, path: str, expected: list[str]) -> None:
    """The instructions make the loader search its folder, unless it is a default directory."""
    assert [*copy_instructions(path, system).lines()] == [f"COPY --from=build {path} {path}", *expected]


def test_a_copied_library_in_the_projects_library_path() -> None:
    """The image sets the variable, with all of its folders."""
    lines = copy_instructions("/opt/b/lib/liba.so.1", DEBIAN, ("/opt/a/lib", "/opt/b/lib")).lines()
    assert [*lines][1:] == ["ENV LD_LIBRARY_PATH=/opt/a/lib:/opt/b/lib"]


def test_a_copied_program() -> None:
    """No loader looks for it."""
    path = "/usr/local/bin/tool"
    assert [*copy_instructions(path, DEBIAN, is_library=False).lines()] == [f"COPY --from=build {path} {path}"]


def test_several() -> None:
    """Files first, each once; one variable and one ldconfig with all folders."""
    parts = [copy_instructions(f"/opt/{name}/lib/lib{name}.so", DEBIAN) for name in ("a", "b", "a")]
    assert [*join_instructions([*parts, Instructions(ldconfig=True)]).lines()] == [
        "COPY --from=build /opt/a/lib/liba.so /opt/a/lib/liba.so",
        "COPY --from=build /opt/b/lib/libb.so /opt/b/lib/libb.so",
        f"RUN printf '%s\\n' /opt/a/lib /opt/b/lib > {CONFIGURATION} && ldconfig",
    ]


@pytest.mark.parametrize("path", ["/usr/local/lib/a b.so", "/usr/local/lib/$(id).so", "/usr/local/lib/a;b.so", "a.so"])
def test_a_path_that_needs_quoting(path: str) -> None:
    """No instruction is printed for it, because a lock may come from anybody."""
    assert not any(line.startswith("COPY") for line in copy_instructions(path, DEBIAN).lines())
    assert [*folder_instructions("/opt/$(id)", DEBIAN).lines()] == ["RUN ldconfig"]


def test_files_of_a_target() -> None:
    """By path; a message for each has who needs it and what a package has."""
    library = need("libb.so.1", class_="unowned", path="/opt/b/libb.so.1", note="libb1 has it")
    tool = LockedNeed(program="tool", class_="unowned", path="/opt/a/tool", when="exec")
    either = need("", class_="unowned", path="/opt/c/libc.so.1", any_of=("libc.so.1", "libc.so"))
    found = target(locked("two", either, library), locked("one", library, tool))
    assert target_instructions(found) == Instructions(
        copies=("/opt/b/libb.so.1", "/opt/c/libc.so.1"), configured=("/opt/b", "/opt/c"), ldconfig=True
    )
    assert target_instructions(found, ("exec",)) == Instructions(copies=("/opt/a/tool",))
    assert [*copy_messages(found)] == [
        "no package has /opt/b/libb.so.1, needed by one, two: copy it into the image (libb1 has it)",
        "no package has /opt/c/libc.so.1, needed by two: copy it into the image",
    ]


@pytest.mark.parametrize(("package", "remark"), [("liba1", "liba1 has a library with this name"), ("", "")])
def test_a_package_with_a_library_of_the_same_name(package: str, remark: str) -> None:
    """It is remarked on, if there is one."""
    assert same_name_note(package) == remark


@pytest.mark.toolchain
@pytest.mark.skipif(shutil.which("ldconfig", path="/sbin:/usr/sbin") is None, reason="ldconfig is not here")
def test_ldconfig_takes_the_line(tmp_path: Path) -> None:
    """The folder is in the cache that the real ldconfig makes of what the line writes."""
    (tmp_path / "opt/a/lib").mkdir(parents=True)
    (tmp_path / "etc/ld.so.conf.d").mkdir(parents=True)
    (tmp_path / "etc/ld.so.conf").write_text("include /etc/ld.so.conf.d/*.conf\n")
    (tmp_path / "empty.s").write_text('.section .note.GNU-stack,"",@progbits\n')
    gcc(tmp_path / "opt/a/lib/liba.so.1", "-shared", "-nostdlib", "-Wl,-soname,liba.so.1", str(tmp_path / "empty.s"))
    (line,) = folder_instructions("/opt/a/lib", DEBIAN).lines()
    shell = line.removeprefix("RUN ").replace("ldconfig", f"/sbin/ldconfig -r {tmp_path}")
    shell = shell.replace(CONFIGURATION, f"{tmp_path}{CONFIGURATION}")
    subprocess.run(["/bin/sh", "-ec", shell], check=True)
    cache = subprocess.run(["/sbin/ldconfig", "-r", tmp_path, "-p"], check=True, capture_output=True, text=True)
    assert "liba.so.1 (libc6,x86-64) => /opt/a/lib/liba.so.1" in cache.stdout
