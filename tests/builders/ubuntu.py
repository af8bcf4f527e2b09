"""An Ubuntu that is made here: an archive of Ubuntu's form with Debian's real packages, and roots from it.

The archive has Ubuntu's codename, version, components and pockets, one Contents file beside each InRelease, and its own
key; `base-files` has Ubuntu's os-release. A second one has the form of a PPA: another Python, and no Contents.
"""

from __future__ import annotations

import hashlib
import re
import shutil
import subprocess
import tarfile
import tempfile
from contextlib import contextmanager
from pathlib import Path
from typing import TYPE_CHECKING, NamedTuple

from builders.archive import Archive
from builders.debian import (
    PACKAGES,
    _let_pip_reach_the_index,
    _machine_apt_options,
    _machine_mirror,
    copy_root,
    made_once,
    require_root_and,
    run_in,
    unavailable,
)
from builders.http_server import served_folder
from builders.images import LOCAL_PYTHON_PACKAGES, _copy_python, _relocatable_python
from builders.root import write

if TYPE_CHECKING:
    from collections.abc import Iterable, Iterator, Mapping, Sequence

_VERSION = "1"
"""Part of every key: raise it when what is made here changes."""
CODENAME, RELEASE = "noble", "24.04"
FILLED_FROM, OTHER = "trixie", "bookworm"
"""The Debian release whose packages fill the archive, and the one whose Python is that of the PPA."""
OTHER_PYTHON = "3.11"

OS_RELEASE = f"""\
PRETTY_NAME="Ubuntu {RELEASE} LTS"
NAME="Ubuntu"
VERSION_ID="{RELEASE}"
VERSION="{RELEASE} LTS (Noble Numbat)"
VERSION_CODENAME={CODENAME}
ID=ubuntu
ID_LIKE=debian
UBUNTU_CODENAME={CODENAME}
"""
LIBRARIES = (
    "libdbus-1-3",
    "libegl1",
    "libfontconfig1",
    "libgl1",
    "libgssapi-krb5-2",
    "libharfbuzz-subset0",
    "libmagic1t64",
    "libopengl0",
    "libpangoft2-1.0-0",
    "libpq5",
    "libxcb-cursor0",
    "libxcb-icccm4",
    "libxcb-image0",
    "libxcb-keysyms1",
    "libxcb-render-util0",
    "libxcb-shape0",
    "libxcb-xkb1",
    "libxkbcommon-x11-0",
)
"""What real distributions need there, beside what every root has."""
COMPILER = ("build-essential", "libpq-dev", "pkg-config")
BUILD = (*PACKAGES["build"], "libpq-dev")
PPA_PYTHON = tuple(f"python{OTHER_PYTHON}{part}" for part in ("", "-venv", "-dev"))
FOR_PPA = (
    "libdb5.3t64",
    "libexpat1-dev",
    "libnsl2",
    "libtirpc3t64",
    "media-types",
    "python3-pip-whl",
    "python3-setuptools-whl",
    "zlib1g-dev",
)
"""What the packages of the PPA depend on."""
UNIVERSE = re.compile(r"lib(?:xcb|harfbuzz-subset|opengl|llvm|gallium).*|mesa-.*")
"""Names of the packages that are in the component universe; the others are in main."""
_FOR_PYTHON = {"own": ("python3",), "local": LOCAL_PYTHON_PACKAGES, "ppa": ("python3",), "none": ()}
"""What a root has for its Python."""
PORTED = ("libglib2.0-0t64", "libharfbuzz-subset0", "libmagic1t64", "libpq5", "python3")
"""What the archive of another architecture has, beside the base."""
UPDATED, SECURITY = ("libpangoft2-1.0-0",), ("libfribidi0",)
"""What the pockets have: the first one alone, the other in a later version than the release has."""


class Deb(NamedTuple):
    """One package of an archive."""

    control: Mapping[str, str]
    """The fields of its control file."""
    path: Path
    """The file."""
    files: tuple[str, ...]
    """The files in it, relative to the root."""

    @property
    def name(self) -> str:
        """Its name."""
        return self.control["Package"]

    @property
    def source(self) -> str:
        """The source package that it is built from."""
        return self.control.get("Source", self.name).split()[0]

    @property
    def component(self) -> str:
        """The component that has it."""
        return "universe" if UNIVERSE.fullmatch(self.name) else "main"


@contextmanager
def served_archive() -> Iterator[Ubuntu]:
    """Serve the archive by http while the context lasts."""
    with tempfile.TemporaryDirectory() as place:
        served = Path(place)
        _link(served, _ubuntu_archive(), "ubuntu")
        with served_folder(served) as site:
            yield Ubuntu(served, site.uri, site.sent)


def _link(served: Path, made: Path, name: str) -> None:
    """Serve an archive and its key."""
    for part in (name, f"{name}.gpg"):
        if not (served / part).is_symlink():
            (served / part).symlink_to(made / part)


class Ubuntu(NamedTuple):
    """The archive, and where it is served."""

    folder: Path
    """What is served."""
    uri: str
    """The server."""
    sent: list[str]
    """The paths of the files that it has sent, in order."""

    def sources(self, *, ppa: bool = False) -> str:
        """Return what `ubuntu.sources` has: two entries as Ubuntu has them, and perhaps the PPA's."""
        key = "/usr/share/keyrings/ubuntu-archive-keyring.gpg"
        entries = [
            (f"{self.uri}/ubuntu/", f"{CODENAME} {CODENAME}-updates", "main universe", key),
            (f"{self.uri}/ubuntu/", f"{CODENAME}-security", "main universe", key),
        ]
        entries += [(f"{self.uri}/ppa/", CODENAME, "main", "/etc/apt/keyrings/ppa.gpg")] if ppa else []
        return "\n".join(
            f"Types: deb\nURIs: {uri}\nSuites: {suites}\nComponents: {components}\nSigned-By: {keyring}\n"
            for uri, suites, components, keyring in entries
        )

    def configure(self, root: Path, *, ppa: bool = False) -> None:
        """Configure the archive as a root's only source, in the deb822 format of Ubuntu since 24.04."""
        (root / "etc/apt/sources.list").unlink(missing_ok=True)
        for path in (root / "etc/apt/sources.list.d").glob("*"):
            path.unlink()
        shutil.copyfile(self.folder / "ubuntu.gpg", root / "usr/share/keyrings/ubuntu-archive-keyring.gpg")
        if ppa:
            _link(self.folder, _ppa(), "ppa")
            write(root / "etc/apt/keyrings/ppa.gpg", (self.folder / "ppa.gpg").read_bytes())
        write(root / "etc/apt/sources.list.d/ubuntu.sources", self.sources(ppa=ppa))

    def root(self, packages: Sequence[str] = (), *, python: str = "own") -> Path:
        """Return the cached root with these packages and a Python; nobody may change it.

        `own` is the release's own Python, `local` one in /usr/local that no package has, `ppa` that of the PPA beside
        the release's own, and `none` is none, as in Ubuntu's image.
        """
        require_root_and("util-linux:unshare", "mmdebstrap")
        packages = [*packages, *_FOR_PYTHON[python]]
        digest = hashlib.sha256(" ".join([_key(), python, *sorted(packages)]).encode()).hexdigest()[:8]
        with made_once(f"ubuntu-root-{digest}") as (root, unfinished):
            if unfinished is not None:
                self._bootstrap(unfinished, packages)
                if python == "ppa":
                    self.configure(unfinished, ppa=True)
                    install(unfinished, PPA_PYTHON if "python3-dev" in packages else PPA_PYTHON[:2])
                if python == "local":
                    _copy_python(_relocatable_python("3.13")[1], "3.13", unfinished)
        return root

    def fresh_root(self, into: Path, packages: Sequence[str] = (), *, python: str = "own") -> Path:
        """Return a copy of such a root to change at will, with the archive as its source."""
        copy_root(self.root(packages, python=python), into)
        self.configure(into, ppa=python == "ppa")
        return into

    def _bootstrap(self, into: Path, packages: Sequence[str]) -> None:
        shutil.rmtree(into)
        into.mkdir(mode=0o755)
        with tempfile.TemporaryDirectory() as place:
            Path(place).chmod(0o755)  # apt's own user reads the key
            keyring = shutil.copyfile(self.folder / "ubuntu.gpg", Path(place) / "ubuntu.gpg")
            options = ["--quiet", "--mode=root", "--format=directory", "--variant=minbase", *_machine_apt_options()]
            options += [f"--keyring={keyring}", *([f"--include={','.join(packages)}"] if packages else [])]
            suites = (f"{CODENAME}{pocket}" for pocket in ("", "-updates", "-security"))
            lines = "".join(f"deb {self.uri}/ubuntu {suite} main universe\n" for suite in suites)
            command = ["mmdebstrap", *options, CODENAME, str(into), "-"]
            done = subprocess.run(command, input=lines, capture_output=True, text=True, check=False)
        assert done.returncode == 0, done.stderr[-4000:]
        (into / "etc/resolv.conf").touch()
        self.configure(into)
        _let_pip_reach_the_index(into)


def install(root: Path, packages: Sequence[str]) -> None:
    """Install packages as a release stage does."""
    run_in(root, ["apt-get", "update", "-qq"])
    options = ["-y", "-qq", "--no-install-recommends", "-o", "APT::Cmd::Pattern-Only=true"]
    run_in(root, ["apt-get", "install", *options, "-o", "DPkg::Options::=--force-unsafe-io", *packages])


# ------------------------------------------------------------------------------------------------------ the archive


def _key() -> str:
    facts = [
        _VERSION,
        OS_RELEASE,
        *LIBRARIES,
        *BUILD,
        *LOCAL_PYTHON_PACKAGES,
        *FOR_PPA,
        *UPDATED,
        *SECURITY,
        UNIVERSE.pattern,
    ]
    return hashlib.sha256(" ".join(facts).encode()).hexdigest()[:8]


def _ubuntu_archive() -> Path:
    """Return the folder with the archive `ubuntu` and its key; made once from Debian's archive."""
    with made_once(f"ubuntu-archive-{_key()}") as (folder, unfinished):
        if unfinished is not None:
            _make_archive(unfinished)
    return folder


def _make_archive(folder: Path) -> None:
    named = (*LIBRARIES, *BUILD, *LOCAL_PYTHON_PACKAGES, *FOR_PPA, "python3")
    debs = _downloaded(folder / "pool", FILLED_FROM, ["?essential", "apt", *named])
    debs = [_as_ubuntu(each, folder) if each.name == "base-files" else each for each in debs]
    pockets = {
        "": [each for each in debs if each.name not in UPDATED],
        "-updates": [each for each in debs if each.name in UPDATED],
        "-security": [_rebuilt(each, folder, "security") for each in debs if each.name in SECURITY],
    }
    archive = Archive(folder / "ubuntu")
    for pocket, members in pockets.items():
        components = {name: _component(folder / "ubuntu", members, name) for name in ("main", "universe")}
        archive.publish_ubuntu(CODENAME, components, pocket=pocket)
    (folder / "ubuntu/archive.gpg").rename(folder / "ubuntu.gpg")
    for name in ("pool", "rebuilt"):
        shutil.rmtree(folder / name)


def _ppa() -> Path:
    """Return the folder with the archive `ppa` and its key; made once from an older release of Debian."""
    digest = hashlib.sha256(" ".join([_VERSION, OTHER, *PPA_PYTHON]).encode()).hexdigest()[:8]
    with made_once(f"ubuntu-ppa-{digest}") as (folder, unfinished):
        if unfinished is not None:
            debs = _downloaded(unfinished / "pool", OTHER, PPA_PYTHON)
            members = [each for each in debs if each.source == PPA_PYTHON[0]]
            members = [_without_distutils(each, unfinished) if "venv" in each.name else each for each in members]
            archive = Archive(unfinished / "ppa")
            archive.publish_ubuntu(CODENAME, {"main": _component(unfinished / "ppa", members, "main")}, contents=False)
            (unfinished / "ppa/archive.gpg").rename(unfinished / "ppa.gpg")
            for name in ("pool", "rebuilt"):
                shutil.rmtree(unfinished / name)
    return folder


def ports_archive() -> Path:
    """Return the folder with the archive `ubuntu-ports` and its key: a few packages of arm64, made once."""
    digest = hashlib.sha256(" ".join([_VERSION, FILLED_FROM, *PORTED]).encode()).hexdigest()[:8]
    with made_once(f"ubuntu-ports-{digest}") as (folder, unfinished):
        if unfinished is not None:
            debs = _downloaded(unfinished / "pool", FILLED_FROM, ["?essential", "apt", *PORTED], "arm64")
            archive = Archive(unfinished / "ubuntu-ports")
            components = {name: _component(unfinished / "ubuntu-ports", debs, name) for name in ("main", "universe")}
            archive.publish_ubuntu(CODENAME, components, architecture="arm64")
            for pocket in ("-updates", "-backports", "-security"):
                archive.publish_ubuntu(CODENAME, {"main": ("", "")}, pocket=pocket, architecture="arm64")
            for name in ("pool", "ubuntu-ports/pool"):
                shutil.rmtree(unfinished / name)
    return folder


def _downloaded(folder: Path, suite: str, names: Iterable[str], architecture: str = "") -> list[Deb]:
    """Download packages, with all that they depend on, by an apt with a list, state and cache of its own."""
    mirror = _machine_mirror() or unavailable("needs apt with Debian's archive")
    keyring = Path("/usr/share/keyrings/debian-archive-keyring.gpg")
    folder.mkdir()
    for name in ("lists/partial", "archives/partial"):
        (folder / name).mkdir(parents=True)
    (folder / "status").touch()
    (folder / "sources.list").write_text(f"deb [signed-by={keyring}] {mirror} {suite} main\n")
    state = [f"Dir::Etc::sourcelist={folder}/sources.list", "Dir::Etc::sourceparts=-", "APT::Sandbox::User=root"]
    state += [f"Dir::State::lists={folder}/lists", f"Dir::Cache::archives={folder}/archives", "Dir::Cache::pkgcache="]
    state += ["Dir::Cache::srcpkgcache=", f"Dir::State::status={folder}/status", "Acquire::Retries=3"]
    state += ["APT::Install-Recommends=false", "Acquire::Languages=none", "Acquire::Check-Valid-Until=false"]
    state += [f"APT::Architecture={architecture}", f"APT::Architectures={architecture}"] if architecture else []
    options = [part for option in state for part in ("-o", option)]
    _run(["apt-get", "-qq", *options, "update"])
    _run(["apt-get", "-qq", "-y", *options, "install", "--download-only", *names])
    return [_read(path) for path in sorted((folder / "archives").glob("*.deb"))]


def _read(path: Path) -> Deb:
    """Return what a package's file has."""
    text = _run(["dpkg-deb", "--field", str(path)])
    control = {match[1]: match[2] for match in re.finditer(r"(?m)^([A-Za-z0-9-]+): (.*(?:\n .*)*)$", text)}
    with subprocess.Popen(["dpkg-deb", "--fsys-tarfile", str(path)], stdout=subprocess.PIPE) as process:
        assert process.stdout is not None
        with tarfile.open(fileobj=process.stdout, mode="r|") as tar:
            files = tuple(each.name.removeprefix("./") for each in tar if not each.isdir())
    return Deb(control, path, files)


def _as_ubuntu(deb: Deb, folder: Path) -> Deb:
    """Return `base-files` with Ubuntu's os-release."""
    place = _unpacked(deb, folder)
    (place / "usr/lib/os-release").write_text(OS_RELEASE)
    (place / "etc/debian_version").write_text(f"{FILLED_FROM}/sid\n")
    return _packed(place)


def _rebuilt(deb: Deb, folder: Path, word: str) -> Deb:
    """Return a package in a later version."""
    place = _unpacked(deb, folder)
    control = place / "DEBIAN/control"
    control.write_text(re.sub(r"(?m)^(Version: .*)$", rf"\1+{word}1", control.read_text()))
    return _packed(place)


def _without_distutils(deb: Deb, folder: Path) -> Deb:
    """Return a package that does not depend on distutils, which is not there any more, and of no use to `venv`."""
    place = _unpacked(deb, folder)
    control = place / "DEBIAN/control"
    control.write_text(control.read_text().replace(f", python{OTHER_PYTHON}-distutils", ""))
    return _packed(place)


def _unpacked(deb: Deb, folder: Path) -> Path:
    place = folder / "rebuilt" / deb.name
    place.parent.mkdir(exist_ok=True)
    _run(["dpkg-deb", "--raw-extract", str(deb.path), str(place)])
    return place


def _packed(place: Path) -> Deb:
    path = place.with_suffix(".deb")
    _run(["dpkg-deb", "--build", "-Zgzip", str(place), str(path)])
    return _read(path)


def _component(archive: Path, debs: Iterable[Deb], component: str) -> tuple[str, str]:
    """Write packages into the pool of a component; return its Packages and Contents."""
    stanzas, rows = [], []
    for deb in (each for each in debs if each.component == component):
        name = f"{deb.name}_{deb.control['Version'].rpartition(':')[2]}_{deb.control['Architecture']}.deb"
        target = archive / "pool" / component / deb.name[0] / deb.name / name
        target.parent.mkdir(parents=True, exist_ok=True)
        shutil.copyfile(deb.path, target)
        content = target.read_bytes()
        section = f"universe/{deb.control['Section']}" if component == "universe" else deb.control["Section"]
        fields = {
            **deb.control,
            "Section": section,
            "Filename": str(target.relative_to(archive)),
            "Size": str(len(content)),
            "SHA256": hashlib.sha256(content).hexdigest(),
        }
        stanzas.append("".join(f"{key}: {value}\n" for key, value in fields.items()) + "\n")
        rows += [f"{file}    {section}/{deb.name}\n" for file in deb.files]
    return "".join(stanzas), "".join(rows)


def _run(command: Sequence[str]) -> str:
    done = subprocess.run(command, capture_output=True, text=True, check=False, stdin=subprocess.DEVNULL)
    assert done.returncode == 0, f"{' '.join(command)}\n{(done.stdout + done.stderr)[-4000:]}"
    return done.stdout
