"""What runs on another system is left out."""

from __future__ import annotations

import pytest

from builders.sources import brief, named

PLATFORMS = [
    "if sys.platform == 'win32':\n    {0}\nelse:\n    {1}",
    "if sys.platform.startswith(('win', 'darwin')):\n    {0}\nelif sys.platform == 'linux':\n    {1}\nelse:\n    {0}",
    "if platform.system() in ('Windows', 'Darwin'):\n    {0}\nelse:\n    {1}",
    "if os.name != 'posix':\n    {0}\nelse:\n    {1}",
    "WINDOWS = os.name == 'nt'\nif WINDOWS:\n    {0}\nelse:\n    {1}",
    "if 'win32' in sys.platform.lower():\n    {0}\nelse:\n    {1}",
    "if hasattr(os, 'add_dll_directory') and not x:\n    {0}\nelse:\n    {1}",
    "def f():\n    system = platform.system()\n    if system == 'Linux':\n        return {1}\n    {0}",
    "{0} if sys.platform == 'darwin' else {1}",
    "if os.uname().sysname == 'Darwin':\n    {0}\nelse:\n    {1}",
    "if platform.uname()[0] == 'Windows':\n    {0}\nelse:\n    {1}",
    "from .compat import IS_MAC\nif IS_MAC:\n    {0}\nelse:\n    {1}",
    "from . import compat\nif compat.WINDOWS:\n    {0}\nelif compat.is_linux():\n    {1}\nelse:\n    {0}",
    "ctypes.CDLL('libother.so.1' if os.name == 'nt' else 'libhere.so.1')",
    "ctypes.CDLL({{'Darwin': 'libother.so.1', 'Linux': 'libhere.so.1'}}[platform.system()])",
]


@pytest.mark.parametrize("form", PLATFORMS)
def test_branches_of_other_platforms_are_left_out(form: str) -> None:
    """Only what can run on Linux counts, however the source asks for the platform."""
    branches = form.format("ctypes.CDLL('libother.so.1')", "ctypes.CDLL('libhere.so.1')")
    assert brief(named(f"import ctypes, os, platform, sys\n{branches}")) == [("high", "library", ["libhere.so.1"])]


@pytest.mark.parametrize("flag", ["windows", "mac_address", "os.uname()[4] == 'x86_64'", "is_window()"])
def test_conditions_that_no_platform_decides(flag: str) -> None:
    """A word that only looks like a system's name decides nothing: both branches count."""
    found = named(f"import ctypes, os\nif {flag}:\n    ctypes.CDLL('liba.so.1')\nelse:\n    ctypes.CDLL('libb.so.1')")
    assert [list(each.names) for each in found] == [["liba.so.1"], ["libb.so.1"]]


OTHER_SYSTEMS = [
    "class DarwinInfo:\n    {}",
    "def load_win32():\n    {}",
    "class A:\n    def copy_osx(self):\n        {}",
]


@pytest.mark.parametrize("around", OTHER_SYSTEMS)
def test_what_is_for_another_system_by_its_name(around: str) -> None:
    """A class or function that is named for another system does not run here; one that names Linux too does."""
    code = "subprocess.run(['foo'])"
    assert named(f"import subprocess\n{around.format(code)}") == ()
    assert named(f"import subprocess\ndef load_linux_win32():\n    {code}") != ()
