"""The installed packages of a root: owners, files, dependencies."""

from __future__ import annotations

from builders.rpm_files import Rpm
from pip_sysdeps.model.environment import Skipped, Verdict
from pip_sysdeps.packages.rpm.database import RpmDatabase
from pip_sysdeps.packages.rpm.package import RpmPackage, parse_package

PATH = "/usr/lib/sysimage/rpm/rpmdb.sqlite"


def _database(*packages: Rpm | RpmPackage) -> RpmDatabase:
    parsed = (each if isinstance(each, RpmPackage) else parse_package(each.header()) for each in packages)
    return RpmDatabase(parsed, path=PATH)


GLIBC = Rpm(name="glibc", provides=("libc.so.6()(64bit)",), files=("/lib64/libc.so.6",))
BASH = Rpm(name="bash", provides=("/bin/sh",), requires=("libc.so.6()(64bit)",), files=("/usr/bin/bash",))
ZLIB = Rpm(name="zlib", requires=("libc.so.6()(64bit)", "/bin/sh"), files=("/usr/lib64/libz.so.1",))


def test_the_owners_of_a_path_are_those_that_installed_it() -> None:
    """Two packages may share a file; one that left it out does not own it."""
    database = _database(
        Rpm(name="b", files=("/usr/lib64/x",)),
        Rpm(name="a", files=("/usr/lib64/x", "/usr/lib64/y")),
        Rpm(name="c", files=("/usr/lib64/x",), states=(2,)),
    )
    assert database.owners("/usr/lib64/x") == ("a", "b")
    assert database.owners("/usr/lib64/z") == ()


def test_a_folder_has_its_owners() -> None:
    """A path of a folder is answered as that of a file."""
    assert _database(Rpm(name="a", files=("/usr/lib64/x",))).owners("/usr/lib64") == ()
    assert _database(Rpm(name="a", files=("/usr/lib64",))).owners("/usr/lib64") == ("a",)


def test_a_package_of_another_machine_is_called_by_its_architecture() -> None:
    """The architecture of most packages is the system's."""
    database = _database(GLIBC, ZLIB, Rpm(name="glibc", architecture="i686", files=("/lib/libc.so.6",)))
    assert database.architecture == "x86_64"
    assert database.versions == {"glibc": "1.0-1", "zlib": "1.0-1", "glibc.i686": "1.0-1"}
    assert database.owners("/lib/libc.so.6") == ("glibc.i686",)


def test_the_newest_of_several_versions_stands_for_all() -> None:
    """A kernel that is installed twice is one name, and the files of both are its own."""
    database = _database(
        Rpm(name="kernel", version="6.9", files=("/boot/6.9",)),
        Rpm(name="kernel", version="6.10", files=("/boot/6.10",)),
    )
    assert database.versions == {"kernel": "6.10-1"}
    assert database.files("kernel") == ("/boot/6.10", "/boot/6.9")
    assert database.owners("/boot/6.9") == ("kernel",)


def test_packages_without_file_lists_are_reported() -> None:
    """The owner of a file that no other package has is then unknown."""
    database = _database(RpmPackage(name="a", version="1-1", architecture="x86_64"))
    assert database.skipped == (
        Skipped(path=PATH, verdict=Verdict.UNREADABLE, reason="the database has no file list of package `a`"),
    )
    assert database.files("a") == ()


def test_the_base_is_the_shell_and_what_it_requires() -> None:
    """Every image has a shell and its C library; zlib is not among them."""
    assert _database(GLIBC, BASH, ZLIB).base == {"glibc", "bash"}


def test_an_image_without_a_shell_has_no_base() -> None:
    """Without a shell, no package is known to be base."""
    assert _database(GLIBC, ZLIB).base == frozenset()


def test_requirements_are_answered_by_capabilities_and_files() -> None:
    """A path is provided by who has the file; a rich dependency is left out."""
    tool = Rpm(name="tool", requires=("/usr/bin/bash", "rpmlib(FileDigests)", "(a if b)", "libc.so.6()(64bit)"))
    database = _database(GLIBC, BASH, tool)
    assert database.requires("tool") == (("bash",), ("glibc",))
    assert database.closure(["tool"]) == {"tool", "bash", "glibc"}


def test_a_requirement_with_several_providers_is_not_followed() -> None:
    """Which of two providers is meant is not known."""
    one, other = Rpm(name="one", provides=("mta",)), Rpm(name="other", provides=("mta",))
    database = _database(one, other, Rpm(name="cron", requires=("mta",)))
    assert database.providers("mta") == ("one", "other")
    assert database.closure(["cron"]) == {"cron"}


def test_an_empty_database_answers() -> None:
    """A root whose database has no package yet."""
    database = _database()
    assert (database.architecture, dict(database.packages), database.base) == ("", {}, frozenset())


def test_weak_dependencies_in_both_directions() -> None:
    """What a package recommends, by what provides it, and what supplements it; no rich dependency."""
    database = _database(
        Rpm(name="cyrus-sasl-lib", provides=("libsasl2.so.3()(64bit)",), recommends=("sasl-plain", "gone", "(a if b)")),
        Rpm(name="plain", provides=("sasl-plain",)),
        Rpm(name="gssapi", supplements=("libsasl2.so.3()(64bit)",)),
        Rpm(name="ldap", supplements=("(cyrus-sasl-lib and openldap)", "cyrus-sasl-lib")),
    )
    assert set(database.recommends("cyrus-sasl-lib")) == {"plain", "gone", "gssapi", "ldap"}
