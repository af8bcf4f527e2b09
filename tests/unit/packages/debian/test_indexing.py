"""Which binary package an index names, by rules that Contents and Packages can answer."""

from __future__ import annotations

import time
from pathlib import Path
from typing import TYPE_CHECKING

import pytest

from pip_sysdeps.packages.debian.archive import default_alternatives
from pip_sysdeps.packages.debian.contents import ContentsRow, rows_in_folders
from pip_sysdeps.packages.debian.indexing import (
    AlternativeTargets,
    base_set,
    count_dependents,
    file_table,
    library_folders,
    library_table,
    plugin_table,
    program_table,
)
from pip_sysdeps.packages.debian.packages_file import ArchivePackage, parse_packages
from pip_sysdeps.packages.index import PROGRAM_FOLDERS, open_index

if TYPE_CHECKING:
    from collections.abc import Iterable

DATA = Path(__file__).parents[3] / "data" / "index"


def package(name: str, section: str = "libs", multi_arch: str = "same", **fields: object) -> ArchivePackage:
    """Make a package of an archive."""
    values: dict[str, object] = {
        "source": name,
        "priority": "optional",
        "essential": False,
        "depends": (),
        "provides": (),
        **fields,
    }
    return ArchivePackage(name=name, section=section, multi_arch=multi_arch, **values)  # type: ignore[arg-type]


def archive(*packages: ArchivePackage) -> dict[str, ArchivePackage]:
    """Index packages by name."""
    return {each.name: each for each in packages}


def row(name: str, *packages: str) -> ContentsRow:
    """Make a row of a loader's folder."""
    return ContentsRow(folder="usr/lib", name=name, packages=packages)


def chosen(*packages: ArchivePackage) -> str | None:
    """Return the table's value for a library that all the packages of section libs, libdevel, ... ship."""
    shipping = [each.name for each in packages if each.section != "none"]
    return library_table([row("libx.so.1", *shipping)], archive(*packages)).get("libx.so.1")


def dependents(of: str, count: int) -> Iterable[ArchivePackage]:
    """Make packages of other sources that depend on one, and ship nothing."""
    return (package(f"user{number}-of-{of}", "none", depends=((of,),)) for number in range(count))


@pytest.mark.parametrize(
    ("packages", "value"),
    [
        ((package("a", "net"), package("b")), "b,a"),
        ((package("a", multi_arch=""), package("b")), "b,a"),
        ((package("a"), package("b"), *dependents("b", 2), *dependents("a", 1)), "b,a"),
        ((package("b"), package("a")), "a,b"),
        ((package("a", "oldlibs"), package("b", "net")), "b,a"),
        ((package("a", "libdevel"), package("b", "net")), "b"),
        ((package("a", "libdevel"),), "~a"),
        ((package("a", "debug"),), None),
        ((package("a", "net"), package("b"), *dependents("a", 5)), "b,a"),
    ],
    ids=[
        "section libs",
        "Multi-Arch: same",
        "most reverse dependencies",
        "then by name",
        "oldlibs last",
        "not for compiling if another has it",
        "for compiling if nothing else has it",
        "never debug",
        "the section counts before dependencies",
    ],
)
def test_each_rule_of_preference(packages: tuple[ArchivePackage, ...], value: str | None) -> None:
    """Of several packages with one library, the stated rules choose."""
    assert chosen(*packages) == value


def test_a_real_file_counts_before_a_promise() -> None:
    """A package that ships the file is named before those that provide its name, however many depend on them."""
    rival = package("b", provides=("libx.so.1",))
    table = library_table([row("libx.so.1", "a")], archive(package("a", "net"), rival, *dependents("b", 3)))
    assert table == {"libx.so.1": "a,b"}


def test_a_library_that_is_only_provided_has_its_providers() -> None:
    """What update-alternatives makes is in Provides: all providers, by the same rules."""
    providers = (package("a", provides=("libx.so.3",)), package("b", provides=("libx.so.3", "other")))
    assert library_table([], archive(*providers, *dependents("b", 1))) == {"libx.so.3": "b,a"}


@pytest.mark.parametrize("name", ["README", "libx.so:1", "libx.so.1 copy", "libx.a", ".so"])
def test_what_is_no_library_is_left_out(name: str) -> None:
    """Other files of the loader's folders, and names that no loader asks for, are not in the table."""
    assert library_table([row(name, "a")], archive(package("a"))) == {}


def test_a_package_that_packages_does_not_know_is_left_out() -> None:
    """Contents may be a day older than Packages: what apt could not install is not named."""
    assert library_table([row("libx.so.1", "gone", "a")], archive(package("a"))) == {"libx.so.1": "a"}


def test_dependents_count_once_per_source() -> None:
    """Several packages of one source count once, those of the own source not at all, later alternatives neither."""
    packages = archive(
        package("a", source="s"),
        package("a-dev", source="s", depends=(("a",),)),
        package("u1", source="u", depends=(("a", "b"),)),
        package("u2", source="u", depends=(("a",), ("missing",))),
        package("b"),
    )
    assert count_dependents(packages) == {"a": 1}


def test_endless_providers_take_no_time() -> None:
    """Every package provides what every package depends on; a value of the table stays short."""
    many = archive(
        *(
            package(
                f"p{number}", priority="required", provides=("libx.so.1",), depends=(("virtual", "libx.so.1"),) * 100
            )
            for number in range(5000)
        )
    )
    started = time.process_time()
    base = base_set(many)
    value = library_table([], many)["libx.so.1"]
    assert time.process_time() - started < 5
    assert (len(base), len(value.split(","))) == (5000, 100)


def test_a_program_is_answered_by_who_has_it() -> None:
    """If no rule decides, both owners are named; the same owner in /bin and /usr/bin counts once."""
    rows = [row("dot", "graphviz"), row("dot", "graphviz"), row("sendmail", "postfix", "exim"), row("a b", "graphviz")]
    packages = archive(package("graphviz"), package("postfix"), package("exim"))
    assert program_table(rows, packages, {}) == {"dot": "graphviz", "sendmail": "|exim,postfix"}


@pytest.mark.parametrize(
    ("one", "other", "answer"),
    [
        (package("make", depends=()), package("make-guile"), "make"),
        (package("cron", priority="important"), package("bcron"), "cron"),
        (package("init", priority="important"), package("make"), "init"),
        (package("tool-full"), package("tool-lite", provides=("tool-full",)), "tool-full"),
        (package("tool"), package("tool-nox"), "tool"),
        (package("one"), package("other"), "|one,other"),
    ],
    ids=[
        "its name",
        "priority",
        "priority before its name",
        "provided by the other",
        "it begins the other's name",
        "nothing",
    ],
)
def test_which_of_several_packages_has_a_program(one: ArchivePackage, other: ArchivePackage, answer: str) -> None:
    """By priority, by the program's name, by what all others provide, by what begins their names; else all."""
    rows = [row("make", other.name, one.name)]
    assert program_table(rows, archive(one, other), {}) == {"make": answer}


def test_a_file_of_a_versioned_package_has_the_plain_one() -> None:
    """Where a release has a package for its own version, that one is named."""
    packages = archive(package("python3.13-venv"), package("python3-venv", depends=(("python3.13-venv",),)))
    assert file_table([("/f", ("python3.13-venv",))], packages) == {"/f": "python3-venv"}
    assert file_table([("/f", ("python3.13-venv",))], archive(package("python3.13-venv"))) == {"/f": "python3.13-venv"}


def test_an_alternatives_link_is_answered_by_what_stands_behind_it() -> None:
    """By the first that the release has, or all where none is the default; before what ships a file of the name."""
    rows = [row("convert", "compat"), row("convert-im7", "imagemagick-7"), row("s-nail", "s-nail")]
    packages = archive(*map(package, ("compat", "imagemagick-7", "default-jre", "s-nail", "bsd-mailx")))
    behind = {
        "convert": AlternativeTargets(targets=("convert-im6", "convert-im7")),
        "java": AlternativeTargets(targets=("default-jre",)),
        "vi": AlternativeTargets(targets=("vim.basic",), is_ambiguous=True),
        "mail": AlternativeTargets(targets=("bsd-mailx", "mail.mailutils", "s-nail"), is_ambiguous=True),
    }
    assert program_table(rows, packages, behind) == {
        "convert": "imagemagick-7",
        "convert-im7": "imagemagick-7",
        "java": "default-jre",
        "mail": "|bsd-mailx,s-nail",
        "s-nail": "s-nail",
    }


def test_base_packages_of_a_release() -> None:
    """Essential, required and apt with their closure; a choice between packages that are not in is left open."""
    packages = archive(
        package("essential", essential=True, depends=(("lib",), ("one", "other"))),
        package("required", priority="required", depends=(("virtual",), ("absent", "present"))),
        package("apt", depends=(("essential", "other"), ("two-providers",))),
        package("lib", depends=(("deep",),)),
        package("deep", depends=(("lib",), ("nowhere",))),
        package("provider", provides=("virtual", "lib", "two-providers")),
        package("another", provides=("two-providers",)),
        package("present"),
        package("one"),
        package("other"),
        package("important", priority="important"),
    )
    assert base_set(packages) == {"essential", "required", "apt", "lib", "deep", "provider", "present"}


@pytest.fixture(autouse=True)
def _only_the_shipped_index(monkeypatch: pytest.MonkeyPatch, tmp_path: Path) -> None:
    """Keep an index that this machine's user made out of the answers."""
    monkeypatch.setenv("XDG_CACHE_HOME", str(tmp_path))


@pytest.fixture(params=["bookworm", "trixie"])
def codename(request: pytest.FixtureRequest) -> str:
    """Name each release of which real excerpts are kept."""
    return str(request.param)


def excerpt(codename: str, folders: tuple[str, ...]) -> tuple[list[ContentsRow], dict[str, ArchivePackage]]:
    """Read the real excerpts that tests/data/index/cut.py cut."""
    contents = (DATA / f"{codename}-amd64.Contents").read_bytes().splitlines()
    packages = parse_packages((DATA / f"{codename}-amd64.Packages").read_bytes().splitlines(keepends=True))
    return list(rows_in_folders(contents, folders)), archive(*packages)


def test_the_shipped_libraries_come_out_of_real_indices(codename: str) -> None:
    """A part of the index, made again from excerpts of Debian's own, is what ships."""
    rows, packages = excerpt(codename, library_folders("amd64"))
    table = library_table(rows, packages)
    shipped = open_index(f"debian-{codename}-amd64")
    assert shipped is not None
    answers = {name: shipped.package_of(name) for name in table}
    assert {
        name: ("~" if answer.is_development else "") + ",".join((answer.package, *answer.alternatives))
        for name, answer in answers.items()
        if answer is not None
    } == table
    assert len(table) > 20


def test_the_shipped_programs_and_base_come_out_of_real_indices(codename: str) -> None:
    """They are made again from excerpts of Debian's own indices."""
    rows, packages = excerpt(codename, PROGRAM_FOLDERS)
    shipped = open_index(f"debian-{codename}-amd64")
    assert shipped is not None
    assert base_set(packages) == shipped.base
    table = program_table(rows, packages, default_alternatives())
    answers = {name: shipped.package_of_program(name) for name in table}
    named = {name: answer.package or f"|{','.join(answer.alternatives)}" for name, answer in answers.items() if answer}
    assert named == table
    assert {"dot", "pdftoppm", "convert"} <= table.keys()


@pytest.mark.parametrize(
    ("soname", "bookworm", "trixie"),
    [
        ("libX11.so.6", "libx11-6", "libx11-6"),
        ("libGL.so.1", "libgl1", "libgl1"),
        ("libz.so.1", "zlib1g", "zlib1g"),
        ("libglib-2.0.so.0", "libglib2.0-0", "libglib2.0-0t64"),
        ("libssl.so.3", "libssl3", "libssl3t64"),
        ("libmagic.so.1", "libmagic1", "libmagic1t64"),
        ("libgomp.so.1.0.0", "libgomp1", "libgomp1"),
        ("libblas.so.3", "libblas3", "libblas3"),
        ("libjack.so.0", "libjack-jackd2-0", "libjack-jackd2-0"),
        ("libluajit-5.1.so.2", "libluajit-5.1-2", "libluajit-5.1-2"),
        ("libarmadillo.so.11", "libarmadillo11", None),
        ("libmysqlclient.so.21", None, None),
    ],
)
def test_the_names_of_each_release(soname: str, bookworm: str | None, trixie: str | None) -> None:
    """The traps of a search by name (nxagent, primus-libs, lib32z1), and the renames of Debian 13."""
    for codename, package in (("bookworm", bookworm), ("trixie", trixie)):
        for architecture in ("amd64", "arm64"):
            index = open_index(f"debian-{codename}-{architecture}")
            answer = index.package_of(soname) if index else None
            assert (answer.package if answer else None) == package


@pytest.mark.parametrize(
    ("program", "package"),
    [("psql", "postgresql-client"), ("pg_dump", "postgresql-client"), ("borg", "borgbackup"), ("go", "golang-go")],
)
def test_what_a_link_or_a_wrapper_runs(program: str, package: str) -> None:
    """Its package is answered, in each release: the link alone runs nothing."""
    for codename in ("bookworm", "trixie", "forky"):
        for architecture in ("amd64", "arm64"):
            index = open_index(f"debian-{codename}-{architecture}")
            answer = index.package_of_program(program) if index else None
            assert answer is not None
            assert answer.package == package


def data(name: str, *packages: str) -> ContentsRow:
    """Make a row of /usr/share."""
    return ContentsRow(folder="usr/share", name=name, packages=packages)


def test_packages_with_plugins_and_data() -> None:
    """Recommended with a folder of the library's name, below the loader's or /usr/share; else suggested ones."""
    packages = archive(
        package("libsasl2-2", recommends=(("none", "libsasl2-modules", "other"), ("docs",)), suggests=(("ldap",),)),
        package("libaspell15", recommends=(("aspell-en",),)),
        package("libodbc2", recommends=(("docs",),), suggests=(("tdsodbc",), ("words",))),
        *map(
            package, ("none", "libsasl2-modules", "other", "ldap", "docs", "unasked", "aspell-en", "tdsodbc", "words")
        ),
    )
    below = [row("sasl2", "libsasl2-modules", "other", "unasked", "ldap"), row("docs", "docs"), row("odbc", "tdsodbc")]
    below += [data("aspell", "aspell-en"), data("odbc", "words")]
    names = {"libsasl2-2": "libsasl2.so.2", "libaspell15": "libaspell.so.15", "libodbc2": "libodbc.so.2"}
    assert plugin_table([row(file, name) for name, file in names.items()], below, packages) == {
        "libsasl2-2": "libsasl2-modules",
        "libaspell15": "aspell-en",
        "libodbc2": "tdsodbc",
    }


def test_plugins_in_folders_of_other_names() -> None:
    """By the package's own name, for a library that it depends on, and in the dependencies of a collection."""
    packages = archive(
        package("libmagickcore-6", suggests=(("libmagickcore-6-extra",), ("libmagickcore-6-doc",))),
        package("libgtk-3-0t64", depends=(("libgdk-pixbuf-2.0-0",),), recommends=(("librsvg2-common",), ("gtk-bin",))),
        package("libvdpau1", recommends=(("vdpau-driver-all",), ("vdpau-tools",))),
        package("vdpau-driver-all", depends=(("mesa-vdpau-drivers",),)),
        package("vdpau-tools", depends=(("mesa-vdpau-drivers",),)),
        *map(package, ("libgdk-pixbuf-2.0-0", "mesa-vdpau-drivers", "libmagickcore-6-extra", "libmagickcore-6-doc")),
        *map(package, ("librsvg2-common", "gtk-bin")),
    )
    below = [row("ImageMagick", "libmagickcore-6-extra"), row("vdpau", "mesa-vdpau-drivers")]
    below += [row("gdk-pixbuf-2.0", "librsvg2-common"), row("bin", "gtk-bin")]
    names = {"libmagickcore-6": "libMagickCore-6.so.6", "libvdpau1": "libvdpau.so.1", "libgtk-3-0t64": "libgtk-3.so.0"}
    libraries = [row(file, name) for name, file in names.items()]
    libraries.append(row("libgdk_pixbuf-2.0.so.0", "libgdk-pixbuf-2.0-0"))
    assert plugin_table(libraries, below, packages) == {
        "libmagickcore-6": "libmagickcore-6-extra",
        "libgtk-3-0t64": "librsvg2-common",
        "libvdpau1": "vdpau-driver-all",
    }


def test_a_folder_with_the_whole_file_name() -> None:
    """It counts for recommended packages; others may have the plugins of a daemon there."""
    packages = archive(
        package("libheif1", recommends=(("libheif-plugin-x265",),)),
        package("libheif-plugin-x265"),
        package("libvirt0"),
        package("virt-plugins", depends=(("libvirt0",),), source="libvirt0"),
    )
    below = [row("libheif", "libheif-plugin-x265"), row("libvirt", "virt-plugins")]
    libraries = [row("libheif.so.1", "libheif1"), row("libvirt.so.0", "libvirt0")]
    assert plugin_table(libraries, below, packages) == {"libheif1": "libheif-plugin-x265"}


def test_packages_with_plugins_that_the_library_does_not_name() -> None:
    """Those that depend on it and are called plugins, of the same source or wanted by many; no other ones."""
    on_it = (("libgst1",),)
    packages = archive(
        package("libgst1"),
        package("gst-plugins-base", depends=on_it),
        package("gst-plugins-rare", depends=on_it),
        package("gst-plugin-own", depends=on_it, source="libgst1"),
        package("gst-tools", depends=on_it, source="libgst1"),
        *(package(f"player{number}", depends=(("gst-plugins-base",),)) for number in range(40)),
    )
    below = [row("gst", "gst-plugins-base", "gst-plugins-rare", "gst-plugin-own", "gst-tools")]
    assert plugin_table([row("libgst.so.1", "libgst1")], below, packages) == {
        "libgst1": "gst-plugin-own,gst-plugins-base"
    }


@pytest.mark.parametrize(
    ("package", "bookworm", "trixie"),
    [
        ("libsasl2-2", "libsasl2-modules", "libsasl2-modules"),
        ("libgstreamer1.0-0", "base,good", "bad,base,good"),
        ("libvulkan1", "mesa-vulkan-drivers", "mesa-vulkan-drivers"),
        ("libaspell15", "aspell-en", "aspell-en"),
        ("libibverbs1", "ibverbs-providers", "ibverbs-providers"),
        ("librsvg2-2", "librsvg2-common", "librsvg2-common"),
        ("libvdpau1", "vdpau-driver-all", "vdpau-driver-all"),
        ("libhunspell-1.7-0", "hunspell-en-us", "hunspell-en-us"),
        ("libvirt0", "", ""),
        ("libx11-6", "", ""),
    ],
)
def test_the_plugins_and_data_of_each_release(package: str, bookworm: str, trixie: str) -> None:
    """Of the shipped index, which is made from the release's own Contents."""
    for codename, others in (("bookworm", bookworm), ("trixie", trixie)):
        index = open_index(f"debian-{codename}-amd64")
        assert index is not None
        found = index.plugins_of(package)
        assert ",".join(each.removeprefix("gstreamer1.0-plugins-") for each in found) == others
