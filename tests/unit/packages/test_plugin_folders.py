"""Which folders hold the plugins of which library."""

from __future__ import annotations

import pytest

from pip_sysdeps.packages.plugin_folders import has_plugins


@pytest.mark.parametrize(
    ("library", "folder", "expected"),
    [
        ("libsasl2.so.2", "sasl2", True),
        ("libgdk_pixbuf-2.0.so.0", "gdk-pixbuf-2.0", True),
        ("libgtk-3.so.0.2404.29", "gtk-3.0", True),
        ("libheif.so.1", "libheif", True),
        ("libhunspell-1.7.so.0", "hunspell", True),
        ("libgtk-3.so.0", "gtk-2.0", False),
        ("libheif.so.1", "liblibheif", False),
        ("libpython3.11.so.1.0", "python3", False),
        ("libz.so.1", "zone", False),
        ("ld-linux-x86-64.so.2", "ld-linux", False),
    ],
)
def test_a_folder_is_named_after_its_library(library: str, folder: str, expected: bool) -> None:
    """By the stem; a folder may have a longer version, or none."""
    assert has_plugins([library], [folder]) is expected


def test_the_whole_file_name_may_be_left_out() -> None:
    """For packages that only depend on the library, which may be a daemon's."""
    assert not has_plugins(["libvirt.so.0"], ["libvirt"], with_lib=False)
    assert has_plugins(["libsasl2.so.2"], ["sasl2"], with_lib=False)
