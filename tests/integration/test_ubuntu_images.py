"""The Dockerfiles of docs/ubuntu.md, built word for word on base images that have the names of the real ones."""

from __future__ import annotations

import re
import shutil
import subprocess
import sys
from typing import TYPE_CHECKING, NamedTuple

import pytest

from builders.checkout import PROJECT, recipe
from builders.cuda import PACKAGE, Cuda, make_cuda
from builders.images import Images, require_buildah
from builders.ubuntu import Ubuntu, served_archive
from pip_sysdeps.lock.text import loads

if TYPE_CHECKING:
    from collections.abc import Iterator
    from pathlib import Path

pytestmark = [pytest.mark.image, pytest.mark.network]

UBUNTU = "ubuntu:24.04"
TOOL = "/opt/pip-sysdeps/bin/pip-sysdeps"
REQUIREMENTS = "opencv-python==5.0.0.93\npsycopg2==2.9.13\n"
LOCK_STAGE = f"""
COPY requirements.txt sysdeps.loc[k] ./
RUN --mount=type=cache,target=/root/.cache/pip-sysdeps \\
    {TOOL} index update \\
 && {TOOL} lock --python /opt/venv
FROM scratch AS sysdeps
COPY --from=build /sysdeps.lock /
"""
"""What docs/recipes.md says of creating the lock inside an image."""
WORKS = """
import cv2, psycopg2
try:
    psycopg2.connect("host=127.0.0.1 port=1 connect_timeout=1")
except psycopg2.OperationalError as error:
    print(cv2.__version__, error)
"""


class Site(NamedTuple):
    """A place where images are built."""

    images: Images
    """The storage, which has the base images."""
    ubuntu: Ubuntu
    """The archive that they name."""


@pytest.fixture(scope="module")
def site(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Site]:
    """Serve the archive, and make Ubuntu's base image: no Python, and pip finds the wheel of this checkout."""
    require_buildah()
    made = Images(folder=tmp_path_factory.mktemp("images"))
    wheels = made.folder / "wheels"
    subprocess.run([sys.executable, "-m", "pip", "wheel", "-q", "--no-deps", "-w", wheels, PROJECT], check=True)
    with served_archive() as ubuntu:
        root = ubuntu.fresh_root(made.folder / "root", python="none")
        made.import_root(root, UBUNTU, variables="PIP_FIND_LINKS=/wheels PIP_ROOT_USER_ACTION=ignore")
        shutil.rmtree(root)
        yield Site(made, ubuntu)
    made.remove()


def build(site: Site, project: Path, name: str, *, target: str = "", output: Path | None = None) -> str:
    """Build the project's Dockerfile; return what was printed."""
    volumes = (f"{site.images.folder}/wheels:/wheels:ro",)
    done = site.images.build(project, name, target=target, output=output, volumes=volumes)
    return done.stdout + done.stderr


def create_lock(site: Site, project: Path, dockerfile: str) -> None:
    """Create the lock in the build stage, as docs/recipes.md says."""
    before, copied, _ = dockerfile.partition("COPY sysdeps.lock ./\n")
    assert copied
    (project / "Dockerfile").write_text(before + LOCK_STAGE)
    build(site, project, "sysdeps", target="sysdeps", output=project)


def downloads(ubuntu: Ubuntu) -> list[str]:
    """Return the indices that the archive has sent."""
    return [path for path in ubuntu.sent if "Contents" in path]


def test_ubuntu(site: Site, tmp_path: Path) -> None:
    """The lock, the line and a release image that works; the cache mount spares the second build the download."""
    dockerfile = recipe("A Dockerfile for Ubuntu 24.04", "ubuntu.md")
    assert re.findall(r"^FROM (\S+)", dockerfile, re.MULTILINE) == [UBUNTU, UBUNTU]
    (tmp_path / "requirements.txt").write_text(REQUIREMENTS)
    create_lock(site, tmp_path, dockerfile)
    lock = (tmp_path / "sysdeps.lock").read_text()
    assert 'id = "ubuntu-noble-amd64"' in lock
    assert downloads(site.ubuntu)

    (tmp_path / "Dockerfile").write_text(dockerfile)
    site.ubuntu.sent.clear()
    said = build(site, tmp_path, "app")
    assert "wrote the index of ubuntu-noble-amd64" in said
    assert downloads(site.ubuntu) == []
    line = site.images.run("app", "cat", "/apt.txt").stdout.split()
    assert {"libgl1", "libpq5"} <= set(line)
    works = site.images.run("app", "/opt/venv/bin/python", "-c", WORKS)
    assert "Connection refused" in works.stdout, works.stderr
    left = site.images.run("app", "sh", "-c", "command -v gcc pip-sysdeps; find /root/.cache -type f").stdout
    assert left == ""


CUDA_SOURCE = "/etc/apt/sources.list.d/cuda-ubuntu2404-x86_64.list"
CUDA_KEY = "/usr/share/keyrings/cuda-archive-keyring.gpg"
CUDA_IMAGE = f"""
FROM localhost/{UBUNTU}
COPY cuda.gpg {CUDA_KEY}
COPY cuda.list {CUDA_SOURCE}
RUN apt-get update && apt-get install -y --no-install-recommends {{packages}} && rm -rf /var/lib/apt/lists/*
ENV LD_LIBRARY_PATH=/usr/local/nvidia/lib:/usr/local/nvidia/lib64
"""
"""What NVIDIA's images have above Ubuntu's: its source, the CUDA runtime, and in `devel` a compiler."""
GPU = "import sysdeps_test_gpu._core as core; print(core.__spec__.name)"


def make_cuda_images(site: Site, cuda: Cuda, names: tuple[str, str]) -> None:
    """Make the two base images that the Dockerfile names, `devel` and `base`."""
    context = site.images.folder / "cuda-context"
    context.mkdir()
    shutil.copy(cuda.archive.keyring, context / "cuda.gpg")
    (site.ubuntu.folder / "cuda").symlink_to(cuda.archive.folder)
    (context / "cuda.list").write_text(f"deb [signed-by={CUDA_KEY}] {site.ubuntu.uri}/cuda /\n")
    for name, packages in zip(names, (f"build-essential {PACKAGE}", PACKAGE), strict=True):
        (context / "Dockerfile").write_text(CUDA_IMAGE.format(packages=packages))
        site.images.build(context, name)


@pytest.mark.exhaustive
def test_cuda(site: Site, tmp_path: Path) -> None:
    """The driver is the host's and never in the line; the runtime is a package of NVIDIA's source, without Contents."""
    dockerfile = recipe("A Dockerfile for CUDA images", "ubuntu.md")
    devel, base = re.findall(r"^FROM (\S+)", dockerfile, re.MULTILINE)
    cuda = make_cuda(tmp_path / "made")
    make_cuda_images(site, cuda, (devel, base))
    shutil.copy(cuda.wheel, site.images.folder / "wheels")
    project = tmp_path / "project"
    project.mkdir()
    (project / "requirements.txt").write_text(f"sysdeps-test-gpu @ file:///wheels/{cuda.wheel.name}\n")
    create_lock(site, project, dockerfile)
    (target,) = loads((project / "sysdeps.lock").read_text()).target
    assert target.installs == (PACKAGE,)
    needs = {need.soname: need.class_ or need.package for _, need in target.needs()}
    assert needs == {"libcuda.so.1": "host", "libcudart.so.12": PACKAGE}

    (project / "Dockerfile").write_text(dockerfile)
    build(site, project, "gpu")
    python = ("/opt/venv/bin/python", "-c", GPU)
    assert "libcuda.so.1: cannot open shared object file" in site.images.run("gpu", *python).stderr
    driver = f"{cuda.driver.parent}:/usr/local/nvidia/lib64:ro"
    works = site.images.run("gpu", *python, volumes=(driver,))
    assert works.stdout == "sysdeps_test_gpu._core\n", works.stderr
