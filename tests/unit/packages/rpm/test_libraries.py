"""Which package of a repository has a library."""

from __future__ import annotations

from pip_sysdeps.packages.rpm.libraries import newest_packages, packages_of_libraries
from pip_sysdeps.packages.rpm.repository import RepositoryPackage

FOLDERS = ("/lib64", "/usr/lib64")


def _package(name: str, *provides: str, version: str = "1-1", architecture: str = "x86_64") -> RepositoryPackage:
    return RepositoryPackage(
        id=f"{name}-{version}.{architecture}",
        name=name,
        version=version,
        architecture=architecture,
        installed_size=0,
        download_size=0,
        source="",
        provides=provides,
        requires=(),
    )


def test_the_newest_version_of_the_machine_counts() -> None:
    """A repository has old versions and other machines as well."""
    old, new = _package("a", version="1.9-1"), _package("a", version="1.10-1")
    other, data = _package("a", version="2-1", architecture="i686"), _package("b", architecture="noarch")
    assert newest_packages([data, new, old, other], "x86_64") == (new, data)


def test_a_library_in_a_default_directory_is_found() -> None:
    """A symbol version, another class and a private library are skipped."""
    packages = [
        _package("libpq", "libpq", "libpq.so.5()(64bit)", "libpq.so.5(PQ_2)(64bit)"),
        _package("private", "libpq.so.5()(64bit)", "libprivate.so()(64bit)"),
    ]
    files = {"libpq-1-1.x86_64": ("/usr/lib64/libpq.so.5",), "private-1-1.x86_64": ("/opt/libpq.so.5",)}
    assert packages_of_libraries(packages, "(64bit)", FOLDERS, files) == {"libpq.so.5": ("libpq",)}


def test_without_file_lists_every_provider_is_returned() -> None:
    """Nothing shows then which of them is private."""
    packages = [_package("b", "libx.so.1()(64bit)"), _package("a", "libx.so.1()(64bit)")]
    assert packages_of_libraries(packages, "(64bit)", FOLDERS, {}) == {"libx.so.1": ("a", "b")}
