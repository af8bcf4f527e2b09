"""What NVIDIA adds to Ubuntu in its images, made here: a flat apt archive with the CUDA runtime, a driver, and a wheel.

The layout is that of the real packages: the libraries lie in /usr/local/cuda-12.6, an alternative leads there, and
/etc/ld.so.conf.d names it. The libraries themselves are stubs.
"""

from __future__ import annotations

import hashlib
import subprocess
import sysconfig
from pathlib import Path
from typing import NamedTuple

from builders.archive import Archive
from builders.debian import unavailable
from builders.root import write
from builders.wheels import build_wheel

PACKAGE = "cuda-cudart-12-6"
VERSION = "12.6.77-1"
LIBRARIES = "usr/local/cuda-12.6/targets/x86_64-linux/lib"
_POSTINST = """\
#!/bin/sh
set -e
update-alternatives --install /usr/local/cuda cuda /usr/local/cuda-12.6 126
ldconfig
"""
_CONTROL = f"""\
Package: {PACKAGE}
Architecture: amd64
Version: {VERSION}
Section: libs
Priority: optional
Maintainer: cudatools
Description: CUDA Runtime native Libraries
"""
_RUNTIME = "int cudaRuntimeGetVersion(int *version) { *version = 12060; return 0; }\n"
_DRIVER = "int cuInit(unsigned flags) { return (int)flags; }\n"
_MODULE = """\
#define Py_LIMITED_API 0x030b0000
#include <Python.h>
extern int cuInit(unsigned);
extern int cudaRuntimeGetVersion(int *);
static struct PyModuleDef definition = { PyModuleDef_HEAD_INIT, "_core", NULL, -1, NULL };
PyMODINIT_FUNC PyInit__core(void) {
    int version;
    return cudaRuntimeGetVersion(&version) || cuInit(0) ? NULL : PyModule_Create(&definition);
}
"""


class Cuda(NamedTuple):
    """What was made."""

    archive: Archive
    """A flat archive, as a folder to be served."""
    driver: Path
    """The driver's library, which the container runtime mounts into a container."""
    wheel: Path
    """A wheel with a module that needs the driver and the runtime."""


def make_cuda(folder: Path) -> Cuda:
    """Compile and pack everything into an empty folder."""
    driver = _compiled(folder / "driver/libcuda.so.1", _DRIVER, "-Wl,-soname,libcuda.so.1")
    place = folder / "package"
    runtime = _compiled(place / LIBRARIES / "libcudart.so.12", _RUNTIME, "-Wl,-soname,libcudart.so.12")
    write(place / "etc/ld.so.conf.d/000_cuda.conf", "/usr/local/cuda/targets/x86_64-linux/lib\n")
    write(place / "DEBIAN/control", _CONTROL)
    write(place / "DEBIAN/postinst", _POSTINST).chmod(0o755)
    headers = Path(sysconfig.get_path("include"))
    if not (headers / "Python.h").exists():
        unavailable("install the headers of this Python: apt-get install python3-dev")
    module = _compiled(folder / "_core.so", _MODULE, f"-I{headers}", str(driver), str(runtime))
    files = {"sysdeps_test_gpu/__init__.py": b"", "sysdeps_test_gpu/_core.abi3.so": module.read_bytes()}
    wheel = build_wheel(folder / "wheels", "sysdeps_test_gpu", files, tag="cp311-abi3-linux_x86_64")
    archive = Archive(folder / "cuda")
    name = f"{PACKAGE}_{VERSION}_amd64.deb"
    subprocess.run(
        ["dpkg-deb", "--root-owner-group", "--build", "-Zgzip", place, archive.folder / name],
        check=True,
        capture_output=True,
    )
    content = (archive.folder / name).read_bytes()
    fields = f"Filename: ./{name}\nSize: {len(content)}\nSHA256: {hashlib.sha256(content).hexdigest()}\n"
    archive.publish_flat(f"{_CONTROL}{fields}")
    return Cuda(archive, driver, wheel)


def _compiled(path: Path, source: str, *options: str) -> Path:
    path.parent.mkdir(parents=True, exist_ok=True)
    command = ["gcc", "-shared", "-fPIC", "-x", "c", "-o", str(path), "-", "-x", "none", *options]
    subprocess.run(command, input=source, text=True, check=True)
    return path
