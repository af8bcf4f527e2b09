"""The commands on a system with apk: with musl, as Alpine, and with glibc, as Wolfi."""

from __future__ import annotations

import json
from typing import TYPE_CHECKING

import pytest

from builders.apk import ApkEntry, apk_index
from builders.cyclonedx import check_cyclonedx
from builders.elf import Elf
from builders.root import write
from builders.small_alpine import remove_libpq, small_alpine, small_wolfi
from builders.spdx import check_spdx
from builders.system import place
from builders.venv import install
from builders.wheels import build_wheel
from pip_sysdeps.lock.text import loads

if TYPE_CHECKING:
    from collections.abc import Callable
    from pathlib import Path

    from builders.command import Run

TARGET = "alpine-3.22-x86_64"
CAPABILITY = "so:libpq.so.5"
MODULE = "psycopg2/_psycopg.cpython-311-x86_64-linux-gnu.so"


def test_a_lock_names_the_installed_package(alpine: Path, run: Run) -> None:
    """What Python itself needs is part of every image, and `.build-deps` is not a package to install."""
    assert run("lock", *place(alpine)).err == (
        f"wrote `sysdeps.lock`: {TARGET}, 1 distribution with needs, 1 package to install\n"
    )
    (target,) = loads((alpine.parent / "sysdeps.lock").read_text()).target
    found = (target.package_manager, target.libc, target.architecture, target.installs)
    assert found == ("apk", "musl", "x86_64", ("libpq",))
    assert run("lock", *place(alpine), "--check").status == 0


@pytest.mark.parametrize(
    ("options", "line"),
    [
        ((), "libpq\n"),
        (("--format", "names"), "libpq\n"),
        (("--format", "lines"), "libpq\n"),
        (("--format", "dockerfile"), "RUN apk add --no-cache \\\n        libpq\n"),
        (("--pin",), "libpq=17.5-r0\n"),
    ],
)
def test_formats_of_the_line(alpine: Path, run: Run, options: tuple[str, ...], line: str) -> None:
    """The line is for apk in each format, with and without versions."""
    assert run("lock", *place(alpine), *(("--pin",) if "--pin" in options else ())).status == 0
    assert run("install-line", "--target", TARGET, *options).out == line


def test_a_library_that_is_not_installed_is_a_capability(alpine: Path, run: Run) -> None:
    """The line installs it though no package is known."""
    remove_libpq(alpine)
    assert run("lock", *place(alpine)).err.splitlines() == [
        f"wrote `sysdeps.lock`: {TARGET}, 1 distribution with needs, 1 package to install",
        f"in the install line, but not installed here: {CAPABILITY}",
    ]
    (target,) = loads((alpine.parent / "sysdeps.lock").read_text()).target
    assert [(each.capability, each.unchecked) for _, each in target.needs() if each.capability] == [(CAPABILITY, True)]
    assert run("install-line", "--target", TARGET).out == f"{CAPABILITY}\n"
    dockerfile = run("install-line", "--target", TARGET, "--format", "dockerfile").out
    assert dockerfile == f"RUN apk add --no-cache \\\n        {CAPABILITY}\n"


@pytest.mark.parametrize(
    ("providers", "installs", "checked"),
    [
        (("libpq",), ("libpq",), None),
        (("libpq", "libpq16"), (CAPABILITY,), True),
        ((), (), None),
    ],
)
def test_a_readable_index(
    alpine: Path, run: Run, providers: tuple[str, ...], installs: tuple[str, ...], checked: bool | None
) -> None:
    """The one package that provides the library; of several apk chooses; what none provides would fail the line."""
    remove_libpq(alpine)
    entries = [ApkEntry(name=name, provides=("so:libpq.so.5=5.17",)) for name in providers]
    write(alpine / "var/cache/apk/APKINDEX.0a1b2c3d.tar.gz", apk_index(ApkEntry(name="zlib"), *entries))
    assert run("lock", *place(alpine)).status == 0
    (target,) = loads((alpine.parent / "sysdeps.lock").read_text()).target
    assert target.installs == installs
    assert [not need.unchecked for _, need in target.needs() if need.capability] == (
        [] if checked is None else [checked]
    )
    assert [each.soname for each in target.unresolved] == ([] if installs else ["libpq.so.5"])


def test_a_broken_index_is_one_error(alpine: Path, run: Run) -> None:
    """It may be cut by an `apk update` that was stopped."""
    remove_libpq(alpine)
    write(alpine / "var/cache/apk/APKINDEX.0a1b2c3d.tar.gz", apk_index(ApkEntry(name="zlib"))[:40])
    found = run("lock", *place(alpine))
    assert (found.status, found.err.splitlines()[-1]) == (2, "hint: run `apk update`")


def test_why_explains_a_miss_as_musl_searches(alpine: Path, run: Run) -> None:
    """Each directory of musl, in its order; no cache, and nothing of another system."""
    remove_libpq(alpine)
    found = run("why", "libpq.so.5", *place(alpine), "-v").out
    places = [line.strip() for line in found.splitlines() if "/libpq.so.5" in line]
    assert [each.partition("/libpq.so.5")[0].rpartition(" ")[2] for each in places] == [
        "/lib",
        "/usr/local/lib",
        "/usr/lib",
    ]
    assert "ld.so.cache" not in found


def test_verify_prints_the_command_that_repairs(alpine: Path, run: Run) -> None:
    """The command has the lock's name, or without a lock the capability."""
    run("lock", *place(alpine))
    assert run("verify", *place(alpine)).status == 0
    remove_libpq(alpine)
    found = run("verify", *place(alpine))
    assert (found.status, found.out.splitlines()[-1]) == (1, "apk add --no-cache libpq")
    assert run("verify", *place(alpine), "--lockless").out.splitlines()[-1] == f"apk add --no-cache {CAPABILITY}"


@pytest.mark.parametrize(("make", "status"), [(small_alpine, 0), (small_wolfi, 1)], ids=["musl", "glibc"])
def test_symbol_versions_count_for_glibc_alone(
    tmp_path: Path, run: Run, make: Callable[[Path], Path], status: int
) -> None:
    """Musl takes the symbol of another version; glibc refuses to load the module."""
    root = make(tmp_path / "root")
    (module,) = root.rglob("_psycopg.*.so")
    needs = (("libpq.so.5", ("PQ_9",)),)
    undefined, defined = ("PQexec@PQ_9",), ("PyInit__psycopg",)
    module.write_bytes(Elf(needed=("libpq.so.5",), version_needs=needs, undefined=undefined, defined=defined).build())
    library = Elf(soname="libpq.so.5", version_definitions=("PQ_1",), defined=("PQexec@PQ_1",))
    (root / "usr/lib/libpq.so.5.17").write_bytes(library.build())
    found = run("verify", *place(root), "--lockless")
    assert (found.status, "PQ_9" in found.out) == (status, bool(status))


def test_a_module_for_glibc_is_a_finding(alpine: Path, run: Run) -> None:
    """Musl would take `libc.so.6` for itself, but the module is for another C library."""
    module = Elf(needed=("libpq.so.5", "libc.so.6"), defined=("PyInit__psycopg",))
    (path,) = alpine.rglob("_psycopg.*.so")
    path.write_bytes(module.build())
    found = run("verify", *place(alpine), "--lockless", "-v")
    assert "linked to glibc, but Python is linked to musl" in found.out


def test_an_sbom_has_package_urls_of_apk(alpine: Path, run: Run) -> None:
    """They follow purl-spec's type apk."""
    run("lock", *place(alpine))
    document = json.loads(run("export", "--format", "cyclonedx", *place(alpine)).out)
    urls = [each["purl"] for each in document["components"] if each["purl"].startswith("pkg:apk")]
    assert urls == [
        "pkg:apk/alpine/libffi@3.4.8-r0?arch=x86_64&distro=alpine-3.22.1",
        "pkg:apk/alpine/libpq@17.5-r0?arch=x86_64&distro=alpine-3.22.1",
    ]


SBOM_OF_A_WHEEL = {
    "bomFormat": "CycloneDX",
    "specVersion": "1.4",
    "version": 1,
    "metadata": {"component": {"type": "library", "bom-ref": "pkg:pypi/bound@1.0", "name": "bound", "version": "1.0"}},
    "components": [
        {"type": "library", "bom-ref": "pkg:pypi/bound@1.0", "name": "bound", "version": "1.0"},
        *(
            {
                "type": "library",
                "bom-ref": f"pkg:apk/alpine/{name}@{version}#{number}",
                "name": name,
                "version": version,
                "purl": f"pkg:apk/alpine/{name}@{version}",
            }
            for number, (name, version) in enumerate(
                [("krb5", "libs-1.21.3-r0"), ("libssl3", "3.5.7-r0"), ("krb5", "libs-1.21.3-r0")]
            )
        ),
    ],
    "dependencies": [
        {
            "ref": "pkg:pypi/bound@1.0",
            "dependsOn": [
                "pkg:apk/alpine/krb5@libs-1.21.3-r0#0",
                "pkg:apk/alpine/libssl3@3.5.7-r0#1",
                "pkg:apk/alpine/krb5@libs-1.21.3-r0#2",
            ],
        },
        {"ref": "pkg:apk/alpine/krb5@libs-1.21.3-r0#0"},
        {"ref": "pkg:apk/alpine/libssl3@3.5.7-r0#1"},
        {"ref": "pkg:apk/alpine/krb5@libs-1.21.3-r0#2"},
    ],
}
"""As auditwheel writes it into musllinux wheels (psycopg2-binary 2.9.13): a component for each copied file."""


def test_the_sbom_of_a_musllinux_wheel(alpine: Path, run: Run) -> None:
    """Its package URLs are repaired, and both documents are valid for their formats' own libraries."""
    (site,) = alpine.rglob("site-packages")
    install(site, "bound", metadata={"sboms/auditwheel.cdx.json": json.dumps(SBOM_OF_A_WHEEL)})
    run("lock", *place(alpine))
    cyclonedx = check_cyclonedx(run("export", "--format", "cyclonedx", *place(alpine)).out)
    spdx = check_spdx(run("export", "--format", "spdx", *place(alpine)).out)
    expected = {"pkg:apk/alpine/krb5-libs@1.21.3-r0", "pkg:apk/alpine/libssl3@3.5.7-r0"}
    (bound,) = (each for each in cyclonedx["components"] if each["name"] == "bound")
    assert {each["purl"] for each in bound["components"]} == expected
    found = {ref["referenceLocator"] for each in spdx["packages"] for ref in each.get("externalRefs", ())}
    assert {url for url in found if url.startswith("pkg:apk") and "?" not in url} == expected


@pytest.mark.parametrize("argv", [("audit",), ("tree",), ("why", "libpq"), ("diff", "sysdeps.lock", "--environment")])
def test_a_report_names_packages_of_apk(alpine: Path, run: Run, argv: tuple[str, ...]) -> None:
    """`audit`, `tree` and `why` name packages of apk, and the lock is current."""
    run("lock", *place(alpine))
    found = run(*argv, *place(alpine))
    assert found.status == 0
    assert "libpq" in found.out or argv[0] == "diff"


def test_wheels_for_another_alpine(run: Run, tmp_path: Path) -> None:
    """A musllinux wheel gives a lock without an index; the C library is the target's own."""
    module = Elf(needed=("libpq.so.5", "libc.musl-x86_64.so.1"), defined=("PyInit__core",)).build()
    build_wheel(tmp_path / "wheels", "a", {"a/_core.abi3.so": module}, tag="cp311-cp311-musllinux_1_2_x86_64")
    assert run("lock", "--wheels", "wheels", "--target", TARGET).status == 0
    (target,) = loads((tmp_path / "sysdeps.lock").read_text()).target
    assert (target.libc, target.needs_musl, target.installs) == ("musl", "1.2", (CAPABILITY,))
    assert [need.soname for _, need in target.needs()] == ["libpq.so.5"]


def test_a_library_of_every_alpine(run: Run, tmp_path: Path) -> None:
    """Its package is base, as in a lock that Alpine itself made: apk-tools needs it."""
    module = Elf(needed=("libz.so.1", "libc.musl-x86_64.so.1"), defined=("PyInit__core",)).build()
    build_wheel(tmp_path / "wheels", "a", {"a/_core.abi3.so": module}, tag="cp311-cp311-musllinux_1_2_x86_64")
    assert run("lock", "--wheels", "wheels", "--target", TARGET).status == 0
    (target,) = loads((tmp_path / "sysdeps.lock").read_text()).target
    assert ([(each.name, each.base) for each in target.package], target.installs) == ([("zlib", True)], ())


def test_a_wheel_for_glibc_does_not_fit(run: Run, tmp_path: Path) -> None:
    """It is refused, as by pip."""
    build_wheel(tmp_path / "wheels", "a", {"a/_core.abi3.so": b""}, tag="cp311-cp311-manylinux_2_17_x86_64")
    found = run("lock", "--wheels", "wheels", "--target", TARGET)
    assert (found.status, found.err.splitlines()[0]) == (
        2,
        (
            "error: `a-1.0-cp311-cp311-manylinux_2_17_x86_64.whl` does not fit alpine-3.22-x86_64: its tag is "
            "cp311-cp311-manylinux_2_17_x86_64, but the target is cp311 on x86_64 with musl"
        ),
    )


def test_wolfi_has_apk_and_glibc(tmp_path: Path, run: Run) -> None:
    """The package manager and the C library are independent of each other."""
    root = small_wolfi(tmp_path / "root")
    run("lock", *place(root))
    (target,) = loads((tmp_path / "sysdeps.lock").read_text()).target
    found = (target.id, target.package_manager, target.libc, target.installs)
    assert found == ("wolfi-x86_64", "apk", "glibc", ("libffi", "libpq"))
    assert run("verify", *place(root)).status == 0


def test_wheels_for_wolfi(tmp_path: Path, run: Run) -> None:
    """It has no releases, and apk's capabilities for wheels of glibc."""
    module = Elf(needed=("libpq.so.5", "libc.so.6"), defined=("PyInit__core",)).build()
    build_wheel(tmp_path / "wheels", "a", {"a/_core.abi3.so": module}, tag="cp311-cp311-manylinux_2_17_x86_64")
    assert run("lock", "--wheels", "wheels", "--target", "wolfi-x86_64").status == 0
    (target,) = loads((tmp_path / "sysdeps.lock").read_text()).target
    assert (target.id, target.libc, target.installs) == ("wolfi-x86_64", "glibc", (CAPABILITY,))
    assert run("install-line", "--target", "wolfi-x86_64").out == f"{CAPABILITY}\n"


@pytest.mark.parametrize("name", [".libpq", "_libpq"])
def test_a_package_that_no_lock_can_name(alpine: Path, run: Run, name: str) -> None:
    """The database is named, not the lock, which is as it was."""
    database = alpine / "lib/apk/db/installed"
    database.write_text(database.read_text().replace("P:libpq\n", f"P:{name}\n"))
    outcome = run("lock", *place(alpine))
    assert (outcome.status, outcome.err.splitlines()[0]) == (
        2,
        f"error: /lib/apk/db/installed: `{name}`, which has libpq.so.5 for psycopg2, is not a valid apk package name",
    )


def test_a_broken_database_is_one_error(alpine: Path, run: Run) -> None:
    """The error has the line and a hint; the old lock stays."""
    run("lock", *place(alpine))
    old = (alpine.parent / "sysdeps.lock").read_bytes()
    path = alpine / "lib/apk/db/installed"
    path.write_bytes(path.read_bytes()[:200])
    found = run("lock", *place(alpine))
    assert (found.status, found.out) == (2, "")
    assert found.err.splitlines() == [
        "error: /lib/apk/db/installed: line 11: the text is cut off: no blank line ends the last package",
        "hint: it is damaged: restore it, or use another root",
    ]
    assert (alpine.parent / "sysdeps.lock").read_bytes() == old


def test_a_path_file_that_names_nothing(alpine: Path, run: Run) -> None:
    """An empty one replaces the default directories: nothing is found."""
    run("lock", *place(alpine))
    write(alpine / "etc/ld-musl-x86_64.path", b"")
    assert run("verify", *place(alpine)).status == 1


def test_another_c_library_is_refused(alpine: Path, run: Run) -> None:
    """The error names its loader."""
    write(alpine / "usr/bin/python3.11", Elf(needed=("libc.so.0",), interpreter="/lib/ld-uClibc.so.0").build())
    found = run("lock", *place(alpine))
    assert (found.status, found.err.splitlines()[0]) == (
        2,
        "error: unsupported C library: the dynamic loader of this Python is `/lib/ld-uClibc.so.0`",
    )
