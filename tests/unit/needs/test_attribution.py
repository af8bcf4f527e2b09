"""Who needs what from whom."""

from __future__ import annotations

from itertools import pairwise
from types import MappingProxyType
from typing import TYPE_CHECKING

import pytest

from builders.facts import distribution, elf, found, load, not_found
from pip_sysdeps.elf.glibc_versions import impossible_glibc, newest_glibc
from pip_sysdeps.errors import SysdepsError
from pip_sysdeps.model.elf import ElfFile, VersionNeed
from pip_sysdeps.model.needs import (
    FromCapability,
    FromDistribution,
    FromHost,
    FromPackage,
    Missing,
    Need,
    Provider,
    Unowned,
    Unreachable,
    When,
)
from pip_sysdeps.model.packages import Owner
from pip_sysdeps.needs.attribution import Attribution

if TYPE_CHECKING:
    from collections.abc import Mapping

    from pip_sysdeps.model.environment import Distribution
    from pip_sysdeps.model.loader import Load, Resolution

PACKAGES = {"/lib/libpq.so.5": "libpq5", "/usr/lib/libpq.so.5": "libpq5", "/lib/libc.so.6": "libc6"}
EXTENSION = "/env/site/m.abi3.so"


class World:
    """A small world: packages own their files, libcuda.so.1 is the driver's."""

    libc_packages = frozenset({"libc6"})

    def __init__(
        self,
        packages: Mapping[str, str],
        distributions: tuple[Distribution, ...],
        capabilities: Mapping[str, str] = MappingProxyType({}),
    ) -> None:
        self._packages = packages
        self._capabilities = capabilities
        self._distributions = distributions

    def real(self, path: str) -> str:
        """Follow the one link that there is."""
        return path.replace("/link/", "/env/site/")

    def owner(self, path: str) -> Owner | None:
        """Return the package of a file."""
        return Owner(package=self._packages[path], version="1") if path in self._packages else None

    def available(self, soname: str) -> str | None:
        """Return the package of the one library that is not installed."""
        return "libgl1" if soname == "libGL.so.1" else None

    def is_checked(self, _soname: str) -> bool:
        """Return False: no metadata is available."""
        return False

    def note_of_missing(self, _soname: str) -> str:
        """Return the note of what nobody has."""
        return "no package has it"

    def capability(self, soname: str) -> str:
        """Return the capability of a library, of which no index knows."""
        return self._capabilities.get(soname, "")

    def host_library(self, soname: str) -> str | None:
        """Return who brings the one library of a driver."""
        return "the NVIDIA driver" if soname == "libcuda.so.1" else None

    def is_interpreter_library(self, path: str) -> bool:
        """Return whether it is an interpreter's in /usr/local."""
        return path.startswith("/usr/local/lib/libpython")

    def is_own_file(self, path: str) -> bool:
        """Return whether it is in the Python's own prefix."""
        return path.startswith("/opt/conda/")

    def is_absent_interpreter(self, soname: str) -> bool:
        """Return that the interpreter is there."""
        return not soname

    def requires(self, name: str, other: str) -> bool:
        """Return whether a distribution requires another by itself."""
        return any(each.name == name and other in each.requires for each in self._distributions)


def attribution(
    objects: dict[str, ElfFile],
    loads: list[Load],
    *distributions: Distribution,
    packages: Mapping[str, str] = PACKAGES,
    capabilities: Mapping[str, str] = MappingProxyType({}),
) -> Attribution:
    """Return the answers in that world."""
    return Attribution(
        objects=objects,
        holders={file: each.name for each in distributions for file in each.files if file in objects},
        loads=loads,
        providers=World(packages, distributions, capabilities),
    )


def needs_of_one(*answers: Resolution) -> tuple[Need, ...]:
    """Return the needs of a distribution whose only extension module got these answers."""
    one = distribution("one", "m.abi3.so")
    loads = [load(When.IMPORT, {EXTENSION: answers})]
    return attribution({EXTENSION: elf()}, loads, one).needs_of_distribution(one).needs


def test_a_capability_stands_for_an_unknown_package() -> None:
    """What no index knows is installed by its capability; a driver's library never is."""
    one = distribution("one", "m.abi3.so")
    answers = tuple(map(not_found, ("libpq.so.5", "libcuda.so.1", "libx.so.1", "libGL.so.1")))
    capabilities = {"libpq.so.5": "libpq.so.5()(64bit)", "libcuda.so.1": "x", "libGL.so.1": "x"}
    loads = [load(When.IMPORT, {EXTENSION: answers})]
    found = attribution({EXTENSION: elf()}, loads, one, capabilities=capabilities).needs_of_distribution(one)
    assert [each.provider for each in found.needs] == [
        FromPackage(package="libgl1", path=""),
        FromHost(note="the NVIDIA driver"),
        FromCapability(capability="libpq.so.5()(64bit)"),
        Missing(note="no package has it"),
    ]


def test_a_packaged_library() -> None:
    """A system library that a binary package owns is a need with that package."""
    assert needs_of_one(found("/lib/libpq.so.5")) == (
        Need(
            soname="libpq.so.5",
            when=When.IMPORT,
            by=(EXTENSION,),
            provider=FromPackage(package="libpq5", path="/lib/libpq.so.5"),
        ),
    )


def test_a_need_of_a_chosen_plugin() -> None:
    """It has the pattern; an import that needs the same has none, and another plugin does not take it away."""
    files = ("a.so", "chosen.so", "m.abi3.so")
    one = distribution("one", *files)
    plugins = {
        "/env/site/a.so": (found("/lib/libx.so.1"), found("/lib/libpq.so.5")),
        "/env/site/chosen.so": (found("/lib/libx.so.1"),),
    }
    packages = {**PACKAGES, "/lib/libx.so.1": "libx1"}
    loads = [
        load(When.PLUGIN, {"/env/site/chosen.so": plugins["/env/site/chosen.so"]})._replace(plugin="*/chosen.so"),
        load(When.PLUGIN, {"/env/site/a.so": plugins["/env/site/a.so"]}),
    ]
    objects = {f"/env/site/{file}": elf() for file in files}
    needs = attribution(objects, loads, one, packages=packages).needs_of_distribution(one).needs
    assert [(need.soname, need.plugin, need.is_mandatory) for need in needs] == [
        ("libpq.so.5", "", False),
        ("libx.so.1", "*/chosen.so", True),
    ]
    imported = load(When.IMPORT, {EXTENSION: (found("/lib/libx.so.1"),)})
    needs = attribution(objects, [*loads, imported], one, packages=packages).needs_of_distribution(one).needs
    assert [(need.when, need.plugin) for need in needs if need.soname == "libx.so.1"] == [(When.IMPORT, "")]


@pytest.mark.parametrize("path", ["/lib/libc.so.6", "/usr/local/lib/libpython3.13.so.1.0"])
def test_no_need(path: str) -> None:
    """The libc and an unpackaged interpreter's own library are no needs."""
    assert needs_of_one(found(path)) == ()


def test_a_driver_library_is_never_a_package() -> None:
    """A host library stays the host's, whether it is installed or not."""
    expected = FromHost(note="the NVIDIA driver")
    assert [need.provider for need in needs_of_one(not_found("libcuda.so.1"))] == [expected]
    assert [need.provider for need in needs_of_one(found("/lib/libcuda.so.1"))] == [expected]


def test_a_missing_library() -> None:
    """A name that neither the machine nor the release has is missing."""
    assert [need.provider for need in needs_of_one(not_found("libclntsh.so.23.1"))] == [
        Missing(note="no package has it")
    ]


def test_a_library_that_is_not_installed() -> None:
    """A name that the release has in a package is a need, though the file is not here."""
    assert [need.provider for need in needs_of_one(not_found("libGL.so.1"))] == [FromPackage(package="libgl1", path="")]


def test_a_search_that_a_broken_file_stopped() -> None:
    """A package would not repair it: it stays missing, with the reason."""
    answer = not_found("libGL.so.1")._replace(fatal="file too short")
    assert [need.provider for need in needs_of_one(answer)] == [Missing(note="file too short")]


def test_an_unowned_file_is_followed() -> None:
    """What an unpackaged system library needs in turn is the distribution's need too, in cycles as well."""
    one = distribution("one", "m.abi3.so")
    unowned = "/usr/local/lib/libfoo.so"
    loads = [
        load(
            When.IMPORT,
            {EXTENSION: (found(unowned),), unowned: (found("/lib/libpq.so.5"), found(unowned, "libself.so"))},
        )
    ]
    needs = attribution({EXTENSION: elf()}, loads, one).needs_of_distribution(one).needs
    assert [(need.soname, need.provider, need.by) for need in needs] == [
        ("libfoo.so", Unowned(path=unowned), (EXTENSION,)),
        ("libpq.so.5", FromPackage(package="libpq5", path="/lib/libpq.so.5"), (EXTENSION,)),
        ("libself.so", Unowned(path=unowned), (EXTENSION,)),
    ]


def test_a_file_that_is_reached_in_many_ways_is_asked_about_once() -> None:
    """Forty rows of two unowned libraries, each of which needs both of the next row: a million million ways."""
    one = distribution("one", "m.abi3.so")
    rows = [[f"/usr/local/lib/lib{row}{side}.so" for side in "ab"] for row in range(40)]
    found_of = [tuple(map(found, row)) for row in [*rows[1:], []]]
    loaded = {path: answers for row, answers in zip(rows, found_of, strict=True) for path in row}
    asked: list[str] = []

    class Counting(World):
        def owner(self, path: str) -> Owner | None:
            asked.append(path)
            return super().owner(path)

    loads = [load(When.IMPORT, {EXTENSION: tuple(map(found, rows[0])), **loaded})]
    attributed = Attribution(
        objects={EXTENSION: elf()}, holders={EXTENSION: "one"}, loads=loads, providers=Counting(PACKAGES, (one,))
    )
    needs = attributed.needs_of_distribution(one).needs
    assert {need.soname for need in needs} == {f"lib{row}{side}.so" for row in range(40) for side in "ab"}
    assert len(asked) <= 4 * 40


def test_a_long_chain_of_unowned_files_is_followed() -> None:
    """It is longer than Python may recurse."""
    one = distribution("one", "m.abi3.so")
    chain = [f"/usr/local/lib/lib{number}.so" for number in range(3000)]
    answers = {path: (found(after),) for path, after in pairwise([EXTENSION, *chain])}
    loads = [load(When.IMPORT, answers)]
    assert len(attribution({EXTENSION: elf()}, loads, one).needs_of_distribution(one).needs) == 3000


def test_more_needs_than_any_environment_has_are_one_error(monkeypatch: pytest.MonkeyPatch) -> None:
    """Counted while they are found: two modules that load three unowned libraries have six."""
    monkeypatch.setattr("pip_sysdeps.needs.attribution._MAX_NEEDS", 5)
    one = distribution("one", "a.so", "b.so")
    chain = tuple(found(f"/usr/local/lib/lib{number}.so") for number in range(3))
    loads = [load(When.IMPORT, {file: chain}) for file in one.files]
    with pytest.raises(SysdepsError, match=r"`/env/site/b.so` and others have more than 5 needs"):
        attribution(dict.fromkeys(one.files, elf()), loads, one).needs_of_distribution(one)


def test_a_file_of_the_environments_own_prefix_is_not_to_be_copied() -> None:
    """Whoever copies the prefix of conda has its libraries; what these need in turn is still needed."""
    one = distribution("one", "m.abi3.so")
    own = "/opt/conda/lib/libblas.so.3"
    loads = [load(When.IMPORT, {EXTENSION: (found(own),), own: (found("/lib/libpq.so.5"),)})]
    needs = attribution({EXTENSION: elf()}, loads, one).needs_of_distribution(one).needs
    assert [(need.soname, need.provider) for need in needs] == [
        ("libblas.so.3", FromDistribution(distribution="", path=own, by_loader=True)),
        ("libpq.so.5", FromPackage(package="libpq5", path="/lib/libpq.so.5")),
    ]


@pytest.mark.parametrize("answer", [found("/usr/local/lib/libGL.so.1"), not_found("libGL.so.1")])
def test_a_package_with_a_library_of_the_same_name(answer: Resolution) -> None:
    """It is named if no package owns the file, or if the loader does not reach it."""
    other = "/env/site/other/libGL.so.1"
    one, holder = distribution("one", "m.abi3.so"), distribution("other", "other/libGL.so.1")
    loads = [load(When.IMPORT, {EXTENSION: (answer,)})]
    needs = attribution({EXTENSION: elf(), other: elf()}, loads, one, holder).needs_of_distribution(one).needs
    expected: Provider = (
        Unowned(path="/usr/local/lib/libGL.so.1", package="libgl1")
        if answer == found("/usr/local/lib/libGL.so.1")
        else Unreachable(distribution="other", path=other, package="libgl1")
    )
    assert [need.provider for need in needs] == [expected]


def test_a_vendored_library() -> None:
    """A library of the same distribution is not a need; its folder is named, also when a link leads there."""
    one = distribution("one", "m.abi3.so", "one.libs/libv.so")
    objects = {EXTENSION: elf("libv.so"), "/env/site/one.libs/libv.so": elf()}
    loads = [load(When.IMPORT, {EXTENSION: (found("/link/one.libs/libv.so"),), "/link/one.libs/libv.so": ()})]
    answer = attribution(objects, loads, one).needs_of_distribution(one)
    assert (answer.needs, answer.vendored) == ((), ("one.libs",))


def test_a_bundled_sibling_that_the_loader_does_not_find() -> None:
    """A library of the same distribution may have been loaded before: it is not called missing."""
    one = distribution("one", "m.abi3.so", "lib/libv-1.so")
    objects = {EXTENSION: elf("libv.so.1"), "/env/site/lib/libv-1.so": elf(soname="libv.so.1")}
    loads = [load(When.IMPORT, {EXTENSION: (not_found("libv.so.1"),)})]
    answer = attribution(objects, loads, one).needs_of_distribution(one)
    assert (answer.needs, answer.vendored) == ((), ("lib",))


OTHER = "/env/site/other/libx.so"


@pytest.mark.parametrize(
    ("answer", "imported", "expected"),
    [
        (found(OTHER), True, FromDistribution(distribution="other", path=OTHER, by_loader=True)),
        (not_found("libx.so"), True, FromDistribution(distribution="other", path=OTHER, by_loader=False)),
        (not_found("libx.so"), False, Unreachable(distribution="other", path=OTHER)),
    ],
)
def test_a_library_of_another_distribution(answer: Resolution, imported: bool, expected: Provider) -> None:
    """Found by the loader, loaded before by that distribution, or off the path and loaded by nothing."""
    one, other = distribution("one", "m.abi3.so"), distribution("other", "other/libx.so")
    loads = [
        load(When.IMPORT, {EXTENSION: (answer,)}),
        load(When.IMPORT if imported else When.PLUGIN, {OTHER: ()}),
    ]
    needs = attribution({EXTENSION: elf(), OTHER: elf()}, loads, one, other).needs_of_distribution(one).needs
    assert [need.provider for need in needs] == [expected]


@pytest.mark.parametrize(
    ("requires", "expected"),
    [
        ((), FromPackage(package="libgl1", path="")),
        (("other",), FromDistribution(distribution="other", path="/env/site/other/libGL.so.1", by_loader=False)),
    ],
)
def test_a_library_of_a_distribution_that_is_not_required(requires: tuple[str, ...], expected: Provider) -> None:
    """Only a distribution that is required is surely imported first: without it, the release's own package counts."""
    path = "/env/site/other/libGL.so.1"
    one = distribution("one", "m.abi3.so")._replace(requires=requires)
    other = distribution("other", "other/libGL.so.1")
    loads = [load(When.IMPORT, {EXTENSION: (not_found("libGL.so.1"),)}), load(When.IMPORT, {path: ()})]
    needs = attribution({EXTENSION: elf(), path: elf()}, loads, one, other).needs_of_distribution(one).needs
    assert [need.provider for need in needs] == [expected]


def test_a_library_for_another_machine_is_no_answer() -> None:
    """An object of the environment that this process cannot load does not explain a missing name."""
    one, other = distribution("one", "m.abi3.so"), distribution("other", "other/libx.so")
    loads = [load(When.IMPORT, {EXTENSION: (not_found("libx.so"),)})]
    needs = attribution({EXTENSION: elf(), OTHER: elf(machine=183)}, loads, one, other).needs_of_distribution(one).needs
    assert [need.provider for need in needs] == [Missing(note="no package has it")]


VENDORED = "/env/site/one.libs/libv.so"


def test_one_chain_that_resolves_is_enough() -> None:
    """A library that one root cannot complete and another one can is fine."""
    one = distribution("one", "m.abi3.so", "n.abi3.so", "one.libs/libv.so")
    objects = {EXTENSION: elf(), "/env/site/n.abi3.so": elf(), VENDORED: elf()}
    loads = [
        load(When.IMPORT, {EXTENSION: (found(VENDORED),), VENDORED: (not_found("libpq.so.5"),)}),
        load(When.IMPORT, {"/env/site/n.abi3.so": (found(VENDORED),), VENDORED: (found("/lib/libpq.so.5"),)}),
    ]
    needs = attribution(objects, loads, one).needs_of_distribution(one).needs
    assert [(need.provider, need.by) for need in needs] == [
        (FromPackage(package="libpq5", path="/lib/libpq.so.5"), (VENDORED,))
    ]


def test_what_an_import_finds_counts_before_what_a_plugin_finds() -> None:
    """A plugin's own way to another copy does not add a need to an object that an import loads."""
    one = distribution("one", "m.abi3.so", "one.libs/libv.so", "p.so")
    objects = {EXTENSION: elf(), VENDORED: elf(), "/env/site/p.so": elf()}
    loads = [
        load(When.PLUGIN, {"/env/site/p.so": (found(VENDORED),), VENDORED: (found("/opt/libz.so", "libpq.so.5"),)}),
        load(When.IMPORT, {EXTENSION: (found(VENDORED),), VENDORED: (found("/lib/libpq.so.5"),)}),
    ]
    needs = attribution(objects, loads, one).needs_of_distribution(one).needs
    assert [(need.soname, need.when, need.provider) for need in needs] == [
        ("libpq.so.5", When.IMPORT, FromPackage(package="libpq5", path="/lib/libpq.so.5"))
    ]


def test_files_that_share_a_need_are_merged() -> None:
    """One soname and one package is one need: all files, the strongest `when`, whatever the path's spelling."""
    one = distribution("one", "m.abi3.so", "a.so")
    loads = [
        load(When.PLUGIN, {"/env/site/a.so": (found("/usr/lib/libpq.so.5"),)}),
        load(When.IMPORT, {EXTENSION: (found("/lib/libpq.so.5"),)}),
    ]
    (need,) = attribution({EXTENSION: elf(), "/env/site/a.so": elf()}, loads, one).needs_of_distribution(one).needs
    assert (need.when, need.by) == (When.IMPORT, ("/env/site/a.so", EXTENSION))


def test_an_unclaimed_file() -> None:
    """An object that no RECORD lists has needs of its own."""
    file = "/env/bin/uwsgi"
    loads = [load(When.IMPORT, {file: (found("/lib/libpq.so.5"),)})]
    answer = attribution({file: elf()}, loads).needs_of_file(file)
    assert [(need.soname, need.by) for need in answer.needs] == [("libpq.so.5", (file,))]


def test_one_of_several_builds_is_enough() -> None:
    """Builds for other releases of a library are skipped, and said to be."""
    files = [f"/env/site/libcore{major}.so" for major in (4, 5, 6)]
    one = distribution("one", *files)
    answers: tuple[Resolution, ...] = (not_found("libpq.so.4"), found("/lib/libpq.so.5"), not_found("libpq.so.6"))
    loads = [load(When.IMPORT, {file: (answer,)}) for file, answer in zip(files, answers, strict=True)]
    answer = attribution({file: elf() for file in files}, loads, one).needs_of_distribution(one)
    assert [(need.soname, need.by) for need in answer.needs] == [("libpq.so.5", (files[1],))]
    assert [(each.path, each.reason) for each in answer.skipped] == [
        (files[0], "built for libpq.so.4; `libcore5.so` is the one for this system"),
        (files[2], "built for libpq.so.6; `libcore5.so` is the one for this system"),
    ]


def test_newest_glibc() -> None:
    """Versions order as numbers; names that are no versions do not count."""
    needs = [
        VersionNeed(soname="libc.so.6", version=version, weak=False)
        for version in ("GLIBC_2.4", "GLIBC_2.34", "GLIBC_PRIVATE", "GLIBC_ABI_DT_RELR", "GLIBCXX_3.4.32")
    ]
    assert newest_glibc([elf(version_needs=tuple(needs))]) == "2.34"
    assert newest_glibc([elf()]) == ""


def test_a_library_that_is_left_to_another_distribution() -> None:
    """A plugin's library of the project that the distribution brings has no package, though the release has one."""
    asked = tuple(VersionNeed(soname=name, version="Qt_6", weak=False) for name in ("libQt6Gui.so.6", "libQt6Pdf.so.6"))
    objects = {"/env/site/gui.so": elf(soname="libQt6Gui.so.6"), "/env/site/pdf.so": elf(version_needs=asked)}
    one = distribution("one", "gui.so", "pdf.so")
    answers = (found("/env/site/gui.so", "libQt6Gui.so.6"), found("/lib/libQt6Pdf.so.6"))
    with_package = {**PACKAGES, "/lib/libQt6Pdf.so.6": "libqt6pdf6"}
    loads = [load(When.PLUGIN, {"/env/site/pdf.so": answers})]
    (need,) = attribution(objects, loads, one, packages=with_package).needs_of_distribution(one).needs
    assert isinstance(need.provider, Missing)


@pytest.mark.parametrize("version", [f"GLIBC_2.{'9' * 5000}", "GLIBC_99999.1", "GLIBC_2.1.1.1.1", "GLIBC_3"])
def test_a_version_that_no_glibc_has(version: str) -> None:
    """It is not the newest one, and it is named."""
    odd = elf()._replace(version_needs=(VersionNeed(soname="libc.so.6", version=version, weak=False),))
    assert newest_glibc([odd]) == ""
    assert impossible_glibc(odd) == version


@pytest.mark.parametrize("version", ["GLIBC_2.36", "GLIBC_2.2.5", "GLIBC_PRIVATE", "GLIBC_ABI_DT_RELR"])
def test_a_version_that_a_glibc_may_have(version: str) -> None:
    """Numbers and words that are in use are possible."""
    usual = elf()._replace(version_needs=(VersionNeed(soname="libc.so.6", version=version, weak=False),))
    assert impossible_glibc(usual) == ""
