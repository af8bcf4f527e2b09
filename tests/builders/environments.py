"""Real environments: what a Debian release's own pip makes of requirements, in a cached build root."""

from __future__ import annotations

import hashlib
import json
from dataclasses import asdict, dataclass
from typing import TYPE_CHECKING, Any

from builders.debian import apt_install, copy_root, debian_root, made_once, run_in

if TYPE_CHECKING:
    from collections.abc import Mapping
    from pathlib import Path

VENV = "/opt/venv"
"""Where the environment lies inside its root."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Project:
    """What is installed, and what building it takes."""

    suite: str
    """Code name of the Debian release, whose own Python is used."""
    requirements: tuple[str, ...]
    """As on pip's command line."""
    no_binary: tuple[str, ...] = ()
    """Distributions that are built from their sdist."""
    constraints: tuple[tuple[str, str], ...] = ()
    """Name and exact version of each distribution."""
    dev_packages: tuple[str, ...] = ()
    """Binary packages that building takes, beyond a compiler and Python's headers."""
    variables: tuple[tuple[str, str], ...] = ()
    """Environment variables that tell builds what to do, such as to take the system's libraries."""


def pinned(suite: str, versions: Mapping[str, str], **more: Any) -> Project:  # noqa: ANN401 - any field of a Project
    """Return a project that installs exactly these versions."""
    return Project(suite=suite, **{"requirements": tuple(versions), "constraints": tuple(versions.items()), **more})


def build_root(project: Project) -> Path:
    """Return the cached root in which `project` is built and installed in VENV; nobody may change it."""
    facts = {name: value for name, value in asdict(project).items() if value or name != "variables"}
    digest = hashlib.sha256(json.dumps(["1", facts]).encode()).hexdigest()[:12]
    with made_once(f"{project.suite}-environment-{digest}") as (root, unfinished):
        if unfinished is not None:
            copy_root(debian_root(project.suite, "build"), unfinished)
            apt_install(unfinished, project.dev_packages)
            run_in(unfinished, ["python3", "-m", "venv", VENV])
            _pip_install(unfinished, project)
    return root


def _pip_install(root: Path, project: Project) -> None:
    """Install with the environment's own pip; unoptimized builds are faster and need the same libraries."""
    pins = "".join(f"{name}=={version}\n" for name, version in project.constraints)
    (root / "opt/constraints.txt").write_text(pins)
    source_only = [f"--no-binary={name}" for name in project.no_binary]
    command = [f"{VENV}/bin/pip", "install", "--no-cache-dir", "--retries=10", "-c", "/opt/constraints.txt"]
    run_in(
        root,
        [*command, *source_only, *project.requirements],
        env={"CFLAGS": "-O0", "CXXFLAGS": "-O0", **dict(project.variables)},
    )


def several(suite: str) -> Project:
    """Describe four distributions built from source beside four wheels with vendored libraries."""
    versions = {
        "lxml": "6.1.3",
        "mysqlclient": "2.3.1",
        "numpy": "2.4.6",
        "pillow": "13.0.0",
        "psycopg2-binary": "2.9.13",
        "pyarrow": "26.0.1",
        "pycairo": "1.29.2",
        "python-ldap": "3.4.8",
    }
    return pinned(
        suite,
        versions,
        no_binary=("lxml", "mysqlclient", "pycairo", "python-ldap"),
        dev_packages=(
            "default-libmysqlclient-dev",
            "libcairo2-dev",
            "libldap-dev",
            "libsasl2-dev",
            "libxml2-dev",
            "libxslt1-dev",
        ),
    )


def from_wheels(suite: str) -> Project:
    """Describe wheels with vendored libraries, plugins, programs, one file of two, and needs that nothing installed."""
    versions = {
        "PyMuPDF": "2.0",
        "PySide6-Essentials": "6.12.0",
        "av": "18.1.0",
        "grpcio": "1.85.3",
        "h5py": "3.16.0",
        "lightgbm": "4.7.0",
        "matplotlib": "3.11.2",
        "ninja": "1.13.2",
        "numba": "0.68.1",
        "opencv-python": "5.0.0.93",
        "opencv-python-headless": "5.0.0.93",
        "pygame": "2.6.1",
        "pymssql": "2.4.6",
        "rasterio": "1.4.4",
        "soundfile": "0.14.0",
        "tbb": "2023.2.0",
    }
    return pinned(suite, versions)


def of_devices(suite: str) -> Project:
    """Describe sound, cameras, printers, buses and stores: nearly all built against -dev packages."""
    versions = {
        "PyAudio": "0.2.14",
        "berkeleydb": "18.1.18",
        "dbus-python": "1.5.1",
        "easysnmp": "0.2.6",
        "gmpy2": "2.3.2",
        "gphoto2": "2.6.4",
        "libarchive-c": "5.3",
        "libvirt-python": "12.8.0",
        "lmdb": "3.0.0",
        "mariadb": "1.1.14",
        "pyalsaaudio": "0.11.0",
        "pycups": "2.0.4",
        "pylibmc": "1.6.3",
        "pyscard": "2.3.1",
        "python-prctl": "1.8.1",
        "python-rtmidi": "1.5.8",
        "python-sane": "2.9.2",
        "pyusb": "1.3.1",
        "systemd-python": "235",
    }
    return pinned(
        suite,
        versions,
        no_binary=tuple(name for name in versions if name not in {"libarchive-c", "pyusb"}),
        dev_packages=(
            "libasound2-dev",
            "libcap-dev",
            "libcups2-dev",
            "libdb-dev",
            "libdbus-1-dev",
            "libglib2.0-dev",
            "libgmp-dev",
            "libgphoto2-dev",
            "libjack-jackd2-dev",
            "liblmdb-dev",
            "libmariadb-dev",
            "libmemcached-dev",
            "libmpc-dev",
            "libmpfr-dev",
            "libpcsclite-dev",
            "libsane-dev",
            "libsnmp-dev",
            "libsystemd-dev",
            "libvirt-dev",
            "portaudio19-dev",
            "swig",
        ),
        variables=(("LMDB_FORCE_SYSTEM", "1"),),
    )
