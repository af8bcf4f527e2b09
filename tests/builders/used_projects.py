"""Projects that load libraries by ctypes and call programs, each with uses that take them."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING

from builders.environments import pinned

if TYPE_CHECKING:
    from collections.abc import Mapping

    from builders.environments import Project


@dataclass(frozen=True, slots=True, kw_only=True)
class UsedProject:
    """A project, and what is done with it."""

    project: Project
    """What is installed."""
    uses: Mapping[str, str]
    """Python code by the distribution that it uses."""


def of_kernel(suite: str) -> UsedProject:
    """Describe devices, file systems, packets and buses: extension modules from source, and ctypes."""
    versions = {
        "NetfilterQueue": "1.1.0",
        "dbus-python": "1.5.1",
        "ethtool": "0.15",
        "hidapi": "0.15.0",
        "psutil": "7.2.2",
        "pyfuse3": "3.5.0",
        "pyparted": "3.13.0",
        "pyudev": "0.24.5",
        "pyusb": "1.3.1",
    }
    return UsedProject(
        project=pinned(
            suite,
            versions,
            no_binary=("hidapi", "pyfuse3"),
            dev_packages=(
                "libdbus-1-dev",
                "libfuse3-dev",
                "libglib2.0-dev",
                "libnetfilter-queue-dev",
                "libnl-3-dev",
                "libnl-route-3-dev",
                "libparted-dev",
                "libudev-dev",
                "libusb-1.0-0-dev",
            ),
        ),
        uses={
            "ethtool": "import ethtool; ethtool.get_devices()",
            "hidapi": "import hid; hid.enumerate()",
            "pyparted": "import parted",
            "pyudev": "import pyudev; pyudev.Context()",
            "pyusb": "import usb.backend.libusb1; assert usb.backend.libusb1.get_backend()",
        },
    )


def of_sound(suite: str) -> UsedProject:
    """Describe sound: libraries that are linked, opened by ctypes and by cffi, and two programs."""
    versions = {
        "pulsectl": "24.12.0",
        "pyalsaaudio": "0.11.0",
        "pydub": "0.25.1",
        "pyrubberband": "0.4.0",
        "sounddevice": "0.5.6",
        "soundfile": "0.14.0",
    }
    return UsedProject(
        project=pinned(
            suite,
            versions,
            requirements=(*versions, "audioop-lts; python_version >= '3.13'"),
            no_binary=("soundfile",),
            dev_packages=("libasound2-dev", "libsndfile1"),
        ),
        uses={
            "pulsectl": "import pulsectl",
            "pydub": "from pydub import AudioSegment; AudioSegment.silent(100).export('/root/x.mp3', format='mp3')",
            "pyrubberband": "import numpy, pyrubberband; pyrubberband.time_stretch(numpy.zeros(8000), 8000, 2.0)",
            "sounddevice": "import sounddevice; sounddevice.query_devices()",
            "soundfile": "import soundfile; soundfile.available_formats()",
        },
    )


def of_programs(suite: str) -> UsedProject:
    """Describe what is run: by the distributions themselves, and by those that they build on."""
    versions = {
        "GitPython": "3.2.1",
        "diagrams": "0.25.1",
        "ffmpeg-normalize": "1.43.0",
        "git-filter-repo": "2.47.0",
        "pyinstaller": "6.22.3",
    }
    run = "import subprocess; subprocess.run({}, check=True)"
    return UsedProject(
        project=pinned(suite, versions),
        uses={
            "GitPython": "import git; git.Repo.init('/root/repository')",
            "diagrams": "from diagrams import Diagram\nwith Diagram('x', filename='/root/x', show=False): pass",
            "ffmpeg-normalize": run.format(["/opt/venv/bin/ffmpeg-normalize", "--version"]),
            "git-filter-repo": "import git_filter_repo; git_filter_repo.GitUtils.get_commit_count('/root/repository')",
            "pyinstaller": "open('/root/t.py', 'w').write('print(1)')\n"
            + run.format(["/opt/venv/bin/pyinstaller", "-F", "--distpath=/root", "--workpath=/root/w", "/root/t.py"]),
        },
    )
