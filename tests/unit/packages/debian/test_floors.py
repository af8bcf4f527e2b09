"""The minimum version with every symbol used: dpkg-shlibdeps' algorithm, one rule each."""

from __future__ import annotations

import pytest

from pip_sysdeps.model.packages import Floor
from pip_sysdeps.packages.debian.floors import Dependency, Library, LibraryUse, dependencies, floors
from pip_sysdeps.packages.debian.symbols_file import parse_symbols


def library(soname: str, symbols: str = "", shlibs: str | None = None) -> Library:
    """Make a library whose symbols file has these lines, the main template first."""
    entry = parse_symbols(f"{soname} {symbols}\n".encode(), soname) if symbols else None
    return Library(soname=soname, symbols=entry, shlibs=shlibs)


def use(*libraries: Library, undefined: str = "") -> LibraryUse:
    """Make an object that needs the libraries and the symbols."""
    return LibraryUse(libraries=libraries, undefined=frozenset(undefined.split()))


def written(*uses: LibraryUse) -> list[str]:
    """Write the dependencies of the uses."""
    return [str(each) for each in dependencies(uses)]


PQ = library("libpq.so.5", "libpq5 #MINVER#\n PQexec@Base 8.1\n PQopen@Base 9.6~~\n PQpipeline@Base 14~~")


@pytest.mark.parametrize(
    ("undefined", "expected"),
    [
        ("", "libpq5 (>= 8.1)"),
        ("PQexec@Base", "libpq5 (>= 8.1)"),
        ("PQexec@Base PQopen@Base", "libpq5 (>= 9.6~~)"),
        ("PQpipeline@Base PQopen@Base", "libpq5 (>= 14~~)"),
        ("PQpipeline@OTHER_1 elsewhere@Base", "libpq5 (>= 8.1)"),
    ],
)
def test_symbols_raise_the_version(undefined: str, expected: str) -> None:
    """The minimum version of the library at all, raised by each symbol used, by name and version."""
    assert written(use(PQ, undefined=undefined)) == [expected]


def test_several_objects_need_the_highest() -> None:
    """The highest version of all objects counts."""
    assert written(use(PQ, undefined="PQopen@Base"), use(PQ), use(PQ, undefined="PQexec@Base")) == ["libpq5 (>= 9.6~~)"]


def test_an_alternative_template_comes_on_top() -> None:
    """A user of a private symbol depends on its template too."""
    tinfo = library(
        "libtinfo.so.6",
        "libtinfo6 #MINVER#\n| libtinfo6 #MINVER#, libtinfo6 (<< 6.5~)\n tparm@T_5 6\n _nc_x@T_5 6.1 1",
    )
    assert written(use(tinfo, undefined="tparm@T_5")) == ["libtinfo6 (>= 6)"]
    assert written(use(tinfo, undefined="_nc_x@T_5")) == ["libtinfo6 (>= 6.1)", "libtinfo6 (<< 6.5~)"]


def test_a_template_of_alternatives() -> None:
    """The version stands where the template has it."""
    glu = library("libGLU.so.1", "libglu1-mesa #MINVER# | libglu1\n gluNew@Base 9.0")
    assert written(use(glu)) == ["libglu1-mesa (>= 9.0) | libglu1"]


def test_a_template_without_a_version() -> None:
    """An unversioned dependency is deemed enough."""
    assert written(use(library("libGL.so.1", "libgl1\n glBegin@Base 1.3"), undefined="glBegin@Base")) == ["libgl1"]


def test_version_0_is_none() -> None:
    """dpkg-shlibdeps takes version 0 as none."""
    assert written(use(library("liba.so.1", "liba1 #MINVER#\n a@Base 0"), undefined="a@Base")) == ["liba1"]


def test_a_library_without_symbols_in_its_entry() -> None:
    """It has no minimum version."""
    assert written(use(library("liba.so.1", "liba1 #MINVER#"))) == ["liba1"]


def test_shlibs_where_there_are_no_symbols() -> None:
    """The dependency of shlibs counts, whatever symbols are used."""
    jvm = library("libjvm.so.1", shlibs="jre-headless (>= 17) | jre, libjvm-extra")
    assert written(use(jvm, undefined="JNI@Base")) == ["jre-headless (>= 17) | jre", "libjvm-extra"]


def test_a_library_of_which_nothing_is_known() -> None:
    """It has no dependency, and `min` stays absent."""
    assert written(use(library("libvendor.so.1"))) == []


def test_the_first_library_with_the_symbol_counts() -> None:
    """In the order of DT_NEEDED, as the loader's scope has it."""
    one = library("liba.so.1", "liba1 #MINVER#\n f@Base 2\n g@Base 1")
    other = library("libb.so.1", "libb1 #MINVER#\n f@Base 9\n g@Base 1")
    assert written(use(one, other, undefined="f@Base")) == ["liba1 (>= 2)", "libb1 (>= 1)"]
    assert written(use(other, one, undefined="f@Base")) == ["liba1 (>= 1)", "libb1 (>= 9)"]


def test_a_symbol_counts_by_its_user_only() -> None:
    """Libraries of another object do not define it."""
    other = library("libb.so.1", "libb1 #MINVER#\n PQopen@Base 9\n g@Base 1")
    assert written(use(PQ), use(other, undefined="PQexec@Base")) == ["libb1 (>= 1)", "libpq5 (>= 8.1)"]


@pytest.mark.parametrize(
    ("templates", "expected"),
    [
        ("libpq5 (>= 10~~)", {"libpq5": "10~~"}),
        ("libc6 (>> 2.36), libc6 (<< 2.37)", {"libc6": "2.36"}),
        ("libdbus-1-3 (= 1.14.10-1~deb12u1)", {"libdbus-1-3": "1.14.10-1~deb12u1"}),
        ("a (>= 2) | b (>= 3) | c", {"a": "2", "b": "3"}),
        ("a (>= 2), a (>= 10), a (>= 9)", {"a": "10"}),
        ("a:any (>= 2)", {"a": "2"}),
        ("libgl1", {}),
        ("a (<< 2)", {}),
        ("-o (>= 2), a (>= 1; rm), (>= 2)", {}),
    ],
)
def test_floors_of_dependencies(templates: str, expected: dict[str, str]) -> None:
    """Only a bound from below is a floor; what is no relation is none."""
    found = [Dependency(template=each, version="") for each in templates.split(", ")]
    assert {name: floor.version for name, floor in floors(found).items()} == expected


def test_a_floor_has_the_symbol_that_set_it() -> None:
    """And the first object that uses it; of several symbols of one version the first by name."""
    uses = (
        use(PQ, undefined="PQopen@Base"),
        LibraryUse(file="/m.so", libraries=(PQ,), undefined=frozenset({"PQpipeline@Base", "PQexec@Base"})),
        LibraryUse(file="/n.so", libraries=(PQ,), undefined=frozenset({"PQpipeline@Base"})),
    )
    assert floors(dependencies(uses)) == {"libpq5": Floor(version="14~~", symbol="PQpipeline@Base", file="/m.so")}
    assert floors(dependencies([use(PQ)])) == {"libpq5": Floor(version="8.1")}
