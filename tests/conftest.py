"""What many tests share: files that are committed and that a test makes again."""

from __future__ import annotations

import gc
import os
import signal
import sys
import tempfile
from pathlib import Path
from typing import TYPE_CHECKING

import pytest
from hypothesis import HealthCheck, settings

if TYPE_CHECKING:
    from collections.abc import Callable

# Otherwise each run, each worker and each started command would compile every module again.
sys.dont_write_bytecode = False
os.environ.pop("PYTHONDONTWRITEBYTECODE", None)

# argparse looks for a translation of each of its words in several folders; messages of tests are English.
os.environ["LANGUAGE"] = "C"

# What starts the tests may ignore signals, as nohup(1) and a shell's background jobs do, and commands would too.
if signal.getsignal(signal.SIGHUP) is signal.SIG_IGN:
    signal.signal(signal.SIGHUP, signal.SIG_DFL)
if signal.getsignal(signal.SIGINT) is signal.SIG_IGN:
    signal.signal(signal.SIGINT, signal.default_int_handler)

# Without limits of time: the machine may be busy.
settings.register_profile("quick", max_examples=10, deadline=None, suppress_health_check=[HealthCheck.too_slow])
if not os.environ.get("CI"):
    settings.load_profile("quick")  # in CI hypothesis has a profile of its own

_IN_MEMORY = Path("/dev/shm")  # noqa: S108 - pytest makes a folder of its own in it
"""A file system in memory, on most systems with Linux."""
_ROOM = 1 << 29
"""Bytes that must be free there: many times what the quick tests have at once."""


def pytest_configure(config: pytest.Config) -> None:
    """Keep the temporary files of the quick tests in memory, unless TMPDIR is set.

    They make and remove a hundred thousand files and folders. What the other tests make is large.
    """
    if "TMPDIR" not in os.environ and "not image" in config.option.markexpr and _is_usable(_IN_MEMORY):
        os.environ["TMPDIR"] = str(_IN_MEMORY)
        tempfile.tempdir = None  # it is found again, and so is pytest's folder


def _is_usable(folder: Path) -> bool:
    """Return whether tests can write to a folder, and run what they build there."""
    if not os.access(folder, os.W_OK | os.X_OK):
        return False
    system = os.statvfs(folder)
    return not system.f_flag & os.ST_NOEXEC and system.f_bavail * system.f_frsize >= _ROOM


def pytest_addoption(parser: pytest.Parser) -> None:
    """Add the option that writes committed output again."""
    parser.addoption("--rewrite", action="store_true", help="write committed output again instead of comparing with it")


def pytest_collection_finish() -> None:
    """Leave thousands of collected tests out of every later garbage collection, which is rarer than usual."""
    gc.collect()
    gc.freeze()
    gc.set_threshold(20_000, 20, 20)  # most commands of the tests end before they would be collected once


@pytest.fixture
def same_as_committed(request: pytest.FixtureRequest) -> Callable[[Path, str], None]:
    """Return a function that compares a text with a committed file, or writes it there with `--rewrite`."""

    def compare(path: Path, text: str) -> None:
        if request.config.getoption("--rewrite"):
            path.write_text(text, encoding="utf-8")
        assert text == path.read_text(encoding="utf-8"), f"if this is meant: pytest {request.node.nodeid} --rewrite"

    return compare
