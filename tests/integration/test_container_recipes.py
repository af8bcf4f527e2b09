"""README's Dockerfile and the recipes for Docker and GitLab CI of docs/recipes.md, run word for word in containers."""

from __future__ import annotations

import shutil
import subprocess
import sys
from typing import TYPE_CHECKING

import pytest
import yaml

from builders.checkout import PROJECT, dockerfile_of_readme, recipe
from builders.debian import unavailable
from builders.images import Images, local_python_root, require_buildah

if TYPE_CHECKING:
    from collections.abc import Iterator
    from pathlib import Path

pytestmark = [pytest.mark.image, pytest.mark.network, pytest.mark.exhaustive]

EXAMPLE = PROJECT / "examples" / "webapp"
"""Its lock was made with Python 3.13 in /usr/local of Debian 12, which is what python:3.13-bookworm has."""
BUILD, RELEASE = "python:3.13-bookworm", "python:3.13-slim-bookworm"
CONNECT = "import psycopg2; psycopg2.connect('host=127.0.0.1 port=1 connect_timeout=1')"


@pytest.fixture(scope="module")
def images(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Images]:
    """Return a storage that has both of Docker's images of Python, as far as the recipes use them."""
    require_buildah()
    root = local_python_root("bookworm")
    if not (root / "usr/local/bin/python3.13").exists():
        unavailable("install Python 3.13, for whose lock the example is: pyenv install 3.13")
    made = Images(folder=tmp_path_factory.mktemp("images"))
    wheels = made.folder / "wheels"
    subprocess.run([sys.executable, "-m", "pip", "wheel", "-q", "--no-deps", "-w", wheels, PROJECT], check=True)
    made.import_root(root, "imported", variables="PIP_FIND_LINKS=/wheels PIP_ROOT_USER_ACTION=ignore")
    for name, more in ((RELEASE, ""), (BUILD, "RUN apt-get update && apt-get install -y gcc libc6-dev libpq-dev\n")):
        context = made.folder / "context"
        context.mkdir()
        python = "RUN ln -s python3 /usr/local/bin/python\n"
        (context / "Dockerfile").write_text(f"FROM localhost/imported\n{python}{more}")
        made.build(context, name)
        shutil.rmtree(context)
    yield made
    made.remove()


@pytest.fixture
def project(tmp_path: Path) -> Path:
    """Return a project with the example's requirements and its committed lock."""
    for name in ("requirements.txt", "sysdeps.lock"):
        shutil.copy(EXAMPLE / name, tmp_path)
    return tmp_path


def build(images: Images, project: Path, name: str, *, target: str = "") -> subprocess.CompletedProcess[str]:
    """Build the project's Dockerfile; pip finds the wheel of this checkout beside what the index has."""
    return images.build(project, name, target=target, volumes=(f"{images.folder}/wheels:/wheels:ro",), check=False)


def make_stale(project: Path) -> None:
    """Change the version of psycopg2 in the lock."""
    lock = project / "sysdeps.lock"
    text = lock.read_text()
    lock.write_text(text.replace('version = "2.9.13"', 'version = "2.9.12"'))
    assert lock.read_text() != text


STALE = "psycopg2 2.9.12 is locked, 2.9.13 is installed"


def test_docker(images: Images, project: Path) -> None:
    """The release image reaches the port; neither it nor the build stage has what was mounted; a stale lock fails."""
    dockerfile = recipe("Docker, with BuildKit mounts").replace("FROM python:", "FROM localhost/python:")
    (project / "Dockerfile").write_text(dockerfile)
    assert dockerfile.count("localhost/python:") == 2
    done = build(images, project, "app")
    assert done.returncode == 0, (done.stdout + done.stderr)[-3000:]
    assert "Connection refused" in images.run("app", "/opt/venv/bin/python", "-c", CONNECT).stderr
    left = images.run("app", "sh", "-c", "command -v gcc pip-sysdeps; find /tmp /root/.cache -type f -size +0").stdout
    assert left == "", "where a file was mounted, buildah leaves an empty one"
    build(images, project, "app-build", target="build")
    left = images.run("app-build", "sh", "-c", "find /src /root/.cache -type f -size +0; cat /opt/apt.txt").stdout
    assert left == "libpq5\n"
    make_stale(project)
    # Unlike BuildKit, buildah takes a layer that it has whatever is mounted now: so none that it has.
    (project / "Dockerfile").write_text(dockerfile.replace(" AS build\n", " AS build\nLABEL lock=stale\n"))
    done = build(images, project, "stale")
    assert done.returncode != 0
    assert STALE in done.stdout + done.stderr


def test_readme(images: Images, project: Path) -> None:
    """Without a lock, the stage `sysdeps` writes it; the release image has what it says, and a stale lock fails."""
    dockerfile = dockerfile_of_readme().replace("FROM python:", "FROM localhost/python:")
    (project / "Dockerfile").write_text(dockerfile)
    lock = project / "sysdeps.lock"
    committed = lock.read_text()
    lock.unlink()
    wheels = (f"{images.folder}/wheels:/wheels:ro",)
    images.build(project, "readme-lock", target="sysdeps", output=project, volumes=wheels)
    assert lock.read_text() == committed
    done = build(images, project, "readme")
    assert done.returncode == 0, (done.stdout + done.stderr)[-3000:]
    assert "Connection refused" in images.run("readme", "/opt/venv/bin/python", "-c", CONNECT).stderr
    make_stale(project)
    done = build(images, project, "readme-stale", target="check")
    assert done.returncode != 0
    assert STALE in done.stdout + done.stderr


def test_gitlab(images: Images, project: Path) -> None:
    """The job's script passes in its image, with a shell's errexit and pipefail, and fails with a stale lock."""
    (job,) = yaml.safe_load(recipe("GitLab CI")).values()
    assert job["image"] == BUILD
    script = "set -eo pipefail\n" + "\n".join(job["script"])
    (project / "script.sh").write_text(script)
    run = "RUN bash /builds/app/script.sh\n"
    (project / "Dockerfile").write_text(f"FROM localhost/{BUILD}\nCOPY . /builds/app\nWORKDIR /builds/app\n{run}")
    done = build(images, project, "job")
    assert done.returncode == 0, (done.stdout + done.stderr)[-3000:]
    make_stale(project)
    done = build(images, project, "stale-job")
    assert done.returncode != 0
    assert STALE in done.stdout + done.stderr
