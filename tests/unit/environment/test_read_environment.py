"""An environment's distributions and files, on small environments inside a root."""

from __future__ import annotations

import os
from typing import TYPE_CHECKING

import pytest

from builders.root import link, unprivileged_folder, write
from builders.venv import ELF, digest, install, make_interpreter, make_venv
from pip_sysdeps.environment.read_environment import environment_of_paths, find_environment
from pip_sysdeps.errors import NoEnvironmentError, SysdepsError
from pip_sysdeps.model.environment import Distribution, Interpreter, RecordKind, Skipped, Verdict
from pip_sysdeps.system.root import Root

if TYPE_CHECKING:
    from collections.abc import Mapping
    from pathlib import Path

    from pip_sysdeps.environment.read_distributions import PackageFiles
    from pip_sysdeps.model.environment import Environment

SITE = "/opt/venv/lib/python3.11/site-packages"


@pytest.fixture
def site(tmp_path: Path) -> Path:
    """Make an interpreter in /usr/local and a venv in /opt/venv; return the venv's site-packages."""
    make_interpreter(tmp_path)
    return make_venv(tmp_path)


def read(root: Path, python: str | None = "/opt/venv", **environ: str) -> Environment:
    """Read an environment of a root."""
    return find_environment(Root(str(root)), python, environ=environ, cwd="/work")


def read_paths(root: Path, *paths: str, **environ: str) -> Environment:
    """Read what pip filled."""
    return environment_of_paths(Root(str(root)), paths, environ=environ)


def only(environment: Environment) -> Distribution:
    """Return the one distribution."""
    (distribution,) = environment.distributions
    return distribution


def files_below(distribution: Distribution, folder: str = SITE) -> list[str]:
    """Return a distribution's files without its metadata, relative to a folder."""
    own = [file for file in distribution.files if not file.startswith(distribution.metadata_path)]
    return [os.path.relpath(file, folder) for file in own]


# ------------------------------------------------------------------------------------------- distributions and RECORD


def test_distribution_of_a_wheel(tmp_path: Path, site: Path) -> None:
    """Every field comes from the .dist-info; byte code is left out of the files."""
    install(
        site,
        "Foo.Bar",
        files={"foo/__init__.py": b"", "foo/_c.so": ELF, "foo/__pycache__/__init__.cpython-311.pyc": b""},
        metadata={"REQUESTED": b"", "INSTALLER": b"uv"},
        requires=["numpy>=1"],
        tags=["cp311-cp311-manylinux_2_17_x86_64", "cp311-cp311-manylinux2014_x86_64"],
    )
    info = f"{SITE}/Foo.Bar-1.0.dist-info"
    assert only(read(tmp_path)) == Distribution(
        name="foo-bar",
        version="1.0",
        metadata_path=info,
        base=SITE,
        record=RecordKind.RECORD,
        files=(f"{info}/METADATA", f"{info}/RECORD", f"{info}/WHEEL", f"{SITE}/foo/__init__.py", f"{SITE}/foo/_c.so"),
        tags=("cp311-cp311-manylinux2014_x86_64", "cp311-cp311-manylinux_2_17_x86_64"),
        requested=True,
        requires=("numpy>=1",),
    )


def test_environment(tmp_path: Path, site: Path) -> None:
    """Prefix, site directory and interpreter are those inside the root; `lib64` is not a second one."""
    install(site, "b")
    install(site, "a")
    environment = read(tmp_path)
    assert environment.prefix == "/opt/venv"
    assert environment.site_dirs == (SITE,)
    assert environment.interpreter == Interpreter(
        path="/usr/local/bin/python3.11", prefix="/usr/local", version=(3, 11), abi_tag="cp311"
    )
    assert [each.name for each in environment.distributions] == ["a", "b"]
    assert environment.unclaimed == ()
    assert environment.skipped == ()


def test_rows_that_leave_site_packages(tmp_path: Path, site: Path) -> None:
    """`../../../bin/x` and `../../x` are the environment's own files (ninja, tbb)."""
    install(site, "ninja", files={"../../../bin/ninja": ELF, "../../libtbb.so.12": ELF, "./a//b.so": ELF})
    assert files_below(only(read(tmp_path)), "/opt/venv") == [
        "bin/ninja",
        "lib/libtbb.so.12",
        "lib/python3.11/site-packages/a/b.so",
    ]


@pytest.mark.parametrize("row", ["../../../../canary", "/etc/canary", "../../../../../../../../canary"])
def test_rows_that_leave_the_environment(tmp_path: Path, site: Path, row: str) -> None:
    """They are reported and not followed."""
    for place in ("canary", "opt/canary", "etc/canary"):
        write(tmp_path / place, ELF)
    install(site, "a", record=f"{row},,\n")
    environment = read(tmp_path)
    assert only(environment).files == ()
    (skipped,) = environment.skipped
    assert skipped.verdict is Verdict.OUTSIDE
    assert skipped.reason == f"a row of {SITE} leaves /opt/venv"


def test_absolute_row_inside(tmp_path: Path, site: Path) -> None:
    """A row may be absolute."""
    write(tmp_path / "opt/venv/share/x", ELF)
    install(site, "a", record="/opt/venv/share/x,,\n")
    assert only(read(tmp_path)).files == ("/opt/venv/share/x",)


def test_rows_without_a_file(tmp_path: Path, site: Path) -> None:
    """Rows for missing files, folders and dangling links are dropped."""
    (site / "folder").mkdir()
    link(site / "dangling.so", "nowhere.so")
    install(site, "a", record="gone.so,,\nfolder,,\ndangling.so,,\na/../b.so,,\n")
    assert only(read(tmp_path)).files == ()


def test_files_through_links(tmp_path: Path, site: Path) -> None:
    """A file is given as resolved, also where a folder or the file itself is a link."""
    write(tmp_path / "opt/cache/c.so", ELF)
    link(site / "linked", "/opt/cache")
    link(site / "c.so", "linked/c.so")
    install(site, "a", record="linked/c.so,,\nc.so,,\n../../../lib64/python3.11/site-packages/d.so,,\n")
    write(site / "d.so", ELF)
    assert only(read(tmp_path)).files == ("/opt/cache/c.so", f"{SITE}/d.so")


def test_names_with_spaces_and_other_bytes(tmp_path: Path, site: Path) -> None:
    """Spaces, commas, quotes and bytes that are not UTF-8 are kept."""
    names = [b"a b.so", b'"c, d".so', b"caf\xe9.so"]
    for name in names:
        with open(os.fsencode(site) + b"/" + name, "wb") as file:
            file.write(ELF)
    install(site, "a", record=b'a b.so,,\n"""c, d"".so",,\ncaf\xe9.so,,\n')
    assert files_below(only(read(tmp_path))) == ['"c, d".so', "a b.so", "caf\udce9.so"]


def test_malformed_record(tmp_path: Path, site: Path) -> None:
    """Its paths are used, and its faults are reported."""
    install(site, "a", files={"a.so": ELF}, record="\na.so,crc=1,x\nb\n")
    environment = read(tmp_path)
    assert files_below(only(environment)) == ["a.so"]
    path = f"{SITE}/a-1.0.dist-info/RECORD"
    assert environment.skipped == (
        Skipped(path=path, verdict=Verdict.RECORD, reason="line 2: invalid hash algorithm 'crc'"),
        Skipped(path=path, verdict=Verdict.RECORD, reason="line 2: `size` cannot be non-integer"),
        Skipped(path=path, verdict=Verdict.RECORD, reason="line 3: 1 columns instead of 3"),
    )


@pytest.mark.parametrize("record", [b"", b"\n\n", None])
def test_no_record(tmp_path: Path, site: Path, record: bytes | None) -> None:
    """Without rows the distribution is listed and warned about, and its files are unclaimed."""
    info = install(site, "a", record=record or b"")
    if record is None:
        (info / "RECORD").unlink()
    write(site / "a.so", ELF)
    environment = read(tmp_path)
    assert (only(environment).record, only(environment).files) == (RecordKind.NONE, ())
    assert environment.unclaimed == (f"{SITE}/a.so",)
    reason = "it has no list of files"
    assert environment.skipped == (Skipped(path=f"{SITE}/a-1.0.dist-info", verdict=Verdict.RECORD, reason=reason),)


def test_metadata_that_cannot_be_read(tmp_path: Path, site: Path) -> None:
    """Name and version are then those of the folder, and it is reported."""
    info = install(site, "Foo-Bar", files={"a.so": ELF})
    write(info / "METADATA", "Name: ../../x\n")
    environment = read(tmp_path)
    assert (only(environment).name, only(environment).version) == ("foo-bar", "1.0")
    assert [each.verdict for each in environment.skipped] == [Verdict.MALFORMED]


def test_distribution_without_any_name(tmp_path: Path, site: Path) -> None:
    """Its files are unclaimed, and it is reported."""
    write(site / "no name.dist-info/RECORD", "x.so,,\n")
    write(site / "x.so", ELF)
    install(site, "a")
    environment = read(tmp_path)
    assert [each.name for each in environment.distributions] == ["a"]
    assert f"{SITE}/x.so" in environment.unclaimed
    assert [(each.verdict, each.reason) for each in environment.skipped] == [
        (Verdict.MALFORMED, "it has no distribution name")
    ]


def test_metadata_that_may_not_be_read() -> None:
    """A RECORD without permission is reported; the rest is read."""
    with unprivileged_folder() as folder:
        make_interpreter(folder)
        site = make_venv(folder)
        info = install(site, "a", files={"a.so": ELF})
        install(site, "b", files={"b/b.so": ELF, "closed/c.so": ELF})
        (info / "RECORD").chmod(0)
        (site / "closed").chmod(0)
        environment = read(folder)
        assert [each.record for each in environment.distributions] == [RecordKind.NONE, RecordKind.RECORD]
        told = {(each.path.removeprefix(SITE), each.verdict, each.reason) for each in environment.skipped}
        assert ("/a-1.0.dist-info/RECORD", Verdict.UNREADABLE, "Permission denied") in told
        assert ("/closed", Verdict.UNREADABLE, "Permission denied") in told


def test_small_files_that_may_not_be_read() -> None:
    """Each is reported; the rest is read."""
    with unprivileged_folder() as folder:
        make_interpreter(folder)
        site = make_venv(folder)
        install(site, "a", metadata={"direct_url.json": "{"})
        install(site, "b").chmod(0)
        install(site, "c", files={"__editable__.c-1.0.pth": b"/src\n"})
        install(site, "d", record="shared.so,sha256=x,4\n")
        install(site, "e", record="shared.so,sha256=y,4\n")
        write(site / "shared.so", ELF).chmod(0)
        (site / "__editable__.c-1.0.pth").chmod(0)
        environment = read(folder)
        assert [(each.name, each.record.name) for each in environment.distributions] == [
            ("a", "RECORD"),
            ("b", "NONE"),
            ("c", "RECORD"),
            ("d", "RECORD"),
            ("e", "RECORD"),
        ]
        told = [(each.path.removeprefix(f"{SITE}/"), each.reason) for each in environment.skipped]
        assert told == [
            ("__editable__.c-1.0.pth", "Permission denied"),
            ("a-1.0.dist-info/direct_url.json", "not valid JSON"),
            ("b-1.0.dist-info", "Permission denied"),
            ("__editable__.c-1.0.pth", "Permission denied"),
            ("b-1.0.dist-info", "Permission denied"),
            ("shared.so", "owned by d, also claimed by e"),
        ]


@pytest.mark.parametrize("closed", ["opt/venv", "opt/venv/lib", SITE[1:]])
def test_environment_that_may_not_be_read(closed: str) -> None:
    """A folder without permission on the path is one error with a hint."""
    with unprivileged_folder() as folder:
        make_interpreter(folder)
        install(make_venv(folder), "a")
        (folder / closed).chmod(0)
        with pytest.raises(SysdepsError, match=r"cannot read `.*`: Permission denied") as caught:
            read(folder)
        assert caught.value.hint == "run it as a user who can read it"
        with pytest.raises(SysdepsError, match=r"cannot read `.*`: Permission denied"):
            read_paths(folder, SITE)


# ------------------------------------------------------------------------------------------------- who has which file


def test_overlap_goes_to_whose_hash_the_file_has(tmp_path: Path, site: Path) -> None:
    """The second of two distributions wrote the file: the sha256 on disk shows it."""
    old, new = ELF + b"headless", ELF + b"fullfull"
    install(site, "a-headless", files={"cv2/cv2.abi3.so": old, "cv2/a.so": ELF})
    install(site, "b-full", files={"cv2/cv2.abi3.so": new, "cv2/b.so": ELF})
    environment = read(tmp_path)
    assert [files_below(each) for each in environment.distributions] == [["cv2/a.so"], ["cv2/b.so", "cv2/cv2.abi3.so"]]
    reason = "owned by b-full, also claimed by a-headless"
    assert environment.skipped == (Skipped(path=f"{SITE}/cv2/cv2.abi3.so", verdict=Verdict.OVERLAP, reason=reason),)


@pytest.mark.parametrize(
    "rows", [("x.so,,\n", "x.so,,\n"), ("x.so,sha256=no,4\n", "x.so,sha256=none,4\n"), ("x.so,md5=a,4\n", "x.so,,9\n")]
)
def test_overlap_that_no_hash_decides(tmp_path: Path, site: Path, rows: tuple[str, str]) -> None:
    """The first distribution by name owns the file, and the overlap is reported."""
    write(site / "x.so", ELF)
    install(site, "a", record=rows[0])
    install(site, "b", record=rows[1])
    environment = read(tmp_path)
    assert [files_below(each) for each in environment.distributions] == [["x.so"], []]
    assert [each.verdict for each in environment.skipped] == [Verdict.OVERLAP]


def test_overlap_of_a_row_without_hash(tmp_path: Path, site: Path) -> None:
    """A matching hash beats a row that says nothing."""
    write(site / "x.so", ELF)
    install(site, "a", record="x.so,,\n")
    install(site, "b", record=f"x.so,sha256={digest(ELF)},\n")
    assert [files_below(each) for each in read(tmp_path).distributions] == [[], ["x.so"]]


def test_gone_objects(tmp_path: Path, site: Path) -> None:
    """Shared objects that are listed and not there, not even behind a link; of a hidden distribution none count."""
    link(site / "dangling.so", "nowhere.so")
    link(site / "linked.so", "a.so")
    rows = "".join(f"{name},,\n" for name in ("a.so", "dangling.so", "gone.so", "gone.so.1.2", "gone.elf", "linked.so"))
    install(site, "a", "1.0", files={"a.so": ELF}, record=rows)
    install(site, "a", "2.0", record="b.so,,\n")
    assert only(read(tmp_path)).missing_objects == (f"{SITE}/dangling.so", f"{SITE}/gone.so", f"{SITE}/gone.so.1.2")


def test_namespace_package(tmp_path: Path, site: Path) -> None:
    """Two distributions may share a folder."""
    install(site, "ns-a", files={"ns/a.so": ELF})
    install(site, "ns-b", files={"ns/b.so": ELF})
    environment = read(tmp_path)
    assert [files_below(each) for each in environment.distributions] == [["ns/a.so"], ["ns/b.so"]]
    assert environment.skipped == ()


def test_stale_metadata_of_the_same_name(tmp_path: Path, site: Path) -> None:
    """The first is used, the other is reported; its files are not unclaimed."""
    install(site, "a", "1.0", files={"a.so": ELF})
    install(site, "a", "2.0", files={"a.so": ELF, "b.so": ELF})
    environment = read(tmp_path)
    assert only(environment).version == "1.0"
    assert environment.unclaimed == ()
    reason = f"a 1.0 at {SITE}/a-1.0.dist-info comes first"
    assert environment.skipped == (Skipped(path=f"{SITE}/a-2.0.dist-info", verdict=Verdict.SHADOWED, reason=reason),)


def test_leftovers_of_pip_are_no_distributions(tmp_path: Path, site: Path) -> None:
    """A `~` is how pip marks what it is removing."""
    install(site, "a")
    (site / "~-1.0.dist-info").mkdir()
    (site / ".dist-info").mkdir()
    assert only(read(tmp_path)).name == "a"


# --------------------------------------------------------------------------------------------------- the ladder


def test_installed_files_of_an_egg_info(tmp_path: Path, site: Path) -> None:
    """`setup.py install --record` leaves rows relative to the .egg-info (Debian 12's pip without wheel)."""
    info = site / "psycopg2-2.9-py3.11.egg-info"
    write(info / "PKG-INFO", "Name: psycopg2\nVersion: 2.9\n")
    write(info / "installed-files.txt", "../psycopg2/_psycopg.so\n../../../../bin/tool\nPKG-INFO\n")
    write(site / "psycopg2/_psycopg.so", ELF)
    write(tmp_path / "opt/venv/bin/tool", ELF)
    distribution = only(read(tmp_path))
    assert (distribution.name, distribution.version, distribution.tags) == ("psycopg2", "2.9", ())
    assert (distribution.record, distribution.base) == (RecordKind.INSTALLED_FILES, SITE)
    assert files_below(distribution, "/opt/venv") == ["bin/tool", "lib/python3.11/site-packages/psycopg2/_psycopg.so"]


def test_egg_folder(tmp_path: Path, site: Path) -> None:
    """An unzipped egg is all its files; easy-install.pth puts it on the path."""
    egg = site / "foo-1.2-py3.11-linux-x86_64.egg"
    write(egg / "EGG-INFO/PKG-INFO", "Name: foo\nVersion: 1.2\n")
    write(egg / "foo/_c.so", ELF)
    write(site / "easy-install.pth", f"./{egg.name}\n")
    distribution = only(read(tmp_path))
    assert (distribution.name, distribution.version, distribution.record) == ("foo", "1.2", RecordKind.EGG)
    assert distribution.base == f"{SITE}/{egg.name}"
    assert distribution.files == (f"{distribution.base}/EGG-INFO/PKG-INFO", f"{distribution.base}/foo/_c.so")


def test_zipped_egg(tmp_path: Path, site: Path) -> None:
    """A zip-safe egg is listed by its name, and it is reported that nothing in it is looked at."""
    write(site / "Foo-1.2-py3.11.egg", b"PK")
    environment = read(tmp_path)
    assert (only(environment).name, only(environment).version, only(environment).files) == ("foo", "1.2", ())
    assert [each.verdict for each in environment.skipped] == [Verdict.RECORD]


def dist_packages(root: Path) -> Path:
    """Make Debian's own Python, with a distribution that dpkg knows and one that nobody does."""
    make_interpreter(root, "/usr")
    site = root / "usr/lib/python3/dist-packages"
    write(site / "cffi-1.15.egg-info/PKG-INFO", "Name: cffi\nVersion: 1.15\n")
    write(site / "perf-0.1.egg-info", "Name: perf\nVersion: 0.1\n")
    write(site / "cffi/_c.so", ELF)
    return site


def owned_by(packages: Mapping[str, tuple[str, tuple[str, ...]]]) -> PackageFiles:
    """Answer as a dpkg database with these owners would."""
    return packages.get


def test_owner_by_dpkg(tmp_path: Path) -> None:
    """Without a record of Python's own, the file list of the binary package is the record."""
    dist_packages(tmp_path)
    metadata = "/usr/lib/python3/dist-packages/cffi-1.15.egg-info"
    listed = ("/usr", "/usr/lib/python3/dist-packages/cffi/_c.so", "/usr/share/doc/gone", metadata)
    environment = find_environment(
        Root(str(tmp_path)), "/usr", environ={}, package_files=owned_by({metadata: ("dpkg:python3-cffi", listed)})
    )
    cffi, perf = environment.distributions
    assert (cffi.source, cffi.record) == ("dpkg:python3-cffi", RecordKind.SYSTEM_PACKAGE)
    assert cffi.files == ("/usr/lib/python3/dist-packages/cffi/_c.so",)
    assert (perf.source, perf.record) == ("", RecordKind.NONE)
    assert [each.path for each in environment.skipped] == ["/usr/lib/python3/dist-packages/perf-0.1.egg-info"]


@pytest.mark.parametrize(
    ("tags", "metadata", "source"),
    [
        (["cp311-cp311-linux_x86_64"], {}, "local"),
        (["py3-none-linux_x86_64"], {}, ""),
        (["cp311-cp311-manylinux_2_28_x86_64"], {}, ""),
        (["py3-none-any"], {"direct_url.json": '{"url": "https://x", "vcs_info": {"vcs": "git"}}'}, "vcs"),
        (["py3-none-any"], {"direct_url.json": '{"url": "https://x/a.whl", "archive_info": {}}'}, ""),
        (["cp311-cp311-linux_x86_64"], {"direct_url.json": '{"url": "https://x", "vcs_info": {}}'}, "vcs"),
    ],
)
def test_source(tmp_path: Path, site: Path, tags: list[str], metadata: dict[str, str], source: str) -> None:
    """The lock says where a distribution came from."""
    install(site, "a", tags=tags, metadata=metadata)
    assert only(read(tmp_path)).source == source


# --------------------------------------------------------------------------------------------------- editable installs


EDITABLE = '{"url": "file:///src/my%20app", "dir_info": {"editable": true}}'


def make_project(root: Path) -> None:
    """Make a source tree with modules, and with what no import reaches."""
    for file in (
        "src/app/_c.so",
        "src/app/__init__.py",
        "docs/x.so",
        ".git/x.so",
        "node_modules/x/x.so",
        "build/lib/x.so",
    ):
        write(root / "src/my app" / file, ELF)
    write(root / "src/my app/env/pyvenv.cfg")
    write(root / "src/my app/env/x.so", ELF)


@pytest.mark.parametrize(
    ("leftovers", "files"),
    [
        ({}, ["docs/x.so", "src/app/__init__.py", "src/app/_c.so"]),
        ({"__editable__.app-1.0.pth": "/src/my app/src\n"}, ["src/app/__init__.py", "src/app/_c.so"]),
        ({"app.pth": "/src/my app/src"}, ["src/app/__init__.py", "src/app/_c.so"]),
        (
            {
                "__editable__.app-1.0.pth": "import __editable___app_1_0_finder",
                "__editable___app_1_0_finder.py": "MAPPING = {'app': '/src/my app/src/app'}\nraise SystemExit\n",
            },
            ["src/app/__init__.py", "src/app/_c.so"],
        ),
        (
            {"_app_editable_loader.py": "install({'app'}, '/src/my app/build/lib', ['ninja'], False)\n"},
            ["build/lib/x.so"],
        ),
        (
            {"_app_editable.py": "install({'app': '/src/my app/src/app/__init__.py'}, {}, None)\n"},
            ["src/app/__init__.py"],
        ),
        ({"__editable__.app-1.0.pth": "/src/gone\n"}, ["docs/x.so", "src/app/__init__.py", "src/app/_c.so"]),
    ],
    ids=["direct_url", "path", "hatchling", "setuptools-finder", "meson-python", "scikit-build-core", "moved"],
)
def test_editable(tmp_path: Path, site: Path, leftovers: dict[str, str], files: list[str]) -> None:
    """The installer's own files say where the modules are; otherwise the whole project is searched."""
    make_project(tmp_path)
    content = {name: text.encode() for name, text in leftovers.items()}
    install(site, "app", files=content, metadata={"direct_url.json": EDITABLE})
    distribution = only(read(tmp_path))
    assert (distribution.source, distribution.record) == ("editable", RecordKind.EDITABLE)
    assert distribution.base == "/src/my app"
    assert files_below(distribution, "/src/my app") == [*sorted(f"../..{SITE}/{name}" for name in leftovers), *files]


def test_editable_without_direct_url(tmp_path: Path, site: Path) -> None:
    """The file names that setuptools gives tell it."""
    make_project(tmp_path)
    install(site, "app", files={"__editable__.app-1.0.pth": b"/src/my app/src\n"})
    distribution = only(read(tmp_path))
    assert (distribution.source, distribution.base) == ("editable", "/src/my app/src")


def test_editable_whose_project_is_gone(tmp_path: Path, site: Path) -> None:
    """It is reported."""
    install(site, "app", metadata={"direct_url.json": EDITABLE})
    environment = read(tmp_path)
    assert only(environment).source == "editable"
    assert environment.skipped == (
        Skipped(path="/src/my app", verdict=Verdict.RECORD, reason="the project does not exist"),
    )


def test_project_that_is_the_whole_disk(tmp_path: Path, site: Path) -> None:
    """An .egg-link to the top is reported and not walked."""
    write(site / "app.egg-link", "/\n.")
    write(tmp_path / "x.so", ELF)
    environment = read(tmp_path)
    assert only(environment).files == ()
    assert [(each.path, each.verdict) for each in environment.skipped] == [("/", Verdict.OUTSIDE)]


def test_editable_finder_that_is_no_python(tmp_path: Path, site: Path) -> None:
    """It is reported, and the whole project is looked at."""
    make_project(tmp_path)
    install(site, "app", files={"__editable___app_finder.py": b"("}, metadata={"direct_url.json": EDITABLE})
    environment = read(tmp_path)
    assert "/src/my app/src/app/_c.so" in only(environment).files
    assert [(each.verdict, each.reason) for each in environment.skipped] == [(Verdict.MALFORMED, "not valid Python")]


def test_develop_mode(tmp_path: Path, site: Path) -> None:
    """`setup.py develop`: .egg-link names the project, whose .egg-info is found through easy-install.pth."""
    make_project(tmp_path)
    write(site / "app.egg-link", "/src/my app\n.")
    write(site / "easy-install.pth", "/src/my app\n")
    write(tmp_path / "src/my app/app.egg-info/PKG-INFO", "Name: app\nVersion: 3\n")
    environment = read(tmp_path)
    distribution = only(environment)
    assert (distribution.source, distribution.record) == ("editable", RecordKind.EDITABLE)
    assert distribution.version == "3"
    assert files_below(distribution, "/src/my app") == ["docs/x.so", "src/app/__init__.py", "src/app/_c.so"]
    assert environment.skipped == ()


def test_project_put_on_the_path_by_hand(tmp_path: Path, site: Path) -> None:
    """Its .egg-info has no record: the project is what the .pth line puts on the path."""
    make_project(tmp_path)
    write(site / "mine.pth", "/src/my app/src\n")
    write(tmp_path / "src/my app/src/app.egg-info/PKG-INFO", "Name: app\nVersion: 3\n")
    distribution = only(read(tmp_path))
    assert (distribution.source, distribution.base) == ("editable", "/src/my app/src")
    assert files_below(distribution, "/src/my app/src") == ["app/__init__.py", "app/_c.so"]


def test_editable_whose_project_holds_metadata(tmp_path: Path, site: Path) -> None:
    """The .egg-info that setuptools leaves in the source tree is not a second distribution."""
    make_project(tmp_path)
    files = {"__editable__.app-1.0.pth": b"/src/my app/src\n"}
    install(site, "app", files=files, metadata={"direct_url.json": EDITABLE})
    write(tmp_path / "src/my app/src/app.egg-info/PKG-INFO", "Name: app\nVersion: 1.0\n")
    environment = read(tmp_path)
    assert only(environment).metadata_path == f"{SITE}/app-1.0.dist-info"
    assert environment.skipped == ()


# ----------------------------------------------------------------------------------------------------- site directories


def test_pth_folder_comes_after_its_site(tmp_path: Path, site: Path) -> None:
    """A folder of distributions that a .pth line names is on the path; what is in it unclaimed is not looked for."""
    extra = tmp_path / "srv/extra"
    install(site, "a", "1.0")
    install(extra, "a", "2.0")
    install(extra, "b", files={"b.so": ELF})
    write(extra / "other.so", ELF)
    write(tmp_path / "srv/empty/x.so", ELF)
    write(site / "extra.pth", "import os\n/srv/extra\n/srv/empty\n/srv/gone\n")
    environment = read(tmp_path)
    assert environment.site_dirs == (SITE, "/srv/extra")
    assert [(each.name, each.version) for each in environment.distributions] == [("a", "1.0"), ("b", "1.0")]
    assert environment.unclaimed == ()


def test_pth_does_not_leave_the_root(tmp_path: Path) -> None:
    """A line that climbs ends at the root's top."""
    inside = tmp_path / "root"
    make_interpreter(inside)
    site = make_venv(inside)
    install(site, "a")
    install(tmp_path / "outside", "canary")
    write(site / "x.pth", f"{'../' * 20}outside\n{tmp_path}/outside\n")
    assert only(read(inside)).name == "a"


def test_system_site_packages(tmp_path: Path) -> None:
    """The base's distributions come after those of the venv."""
    dist_packages(tmp_path)
    site = make_venv(tmp_path, home="/usr/bin", system_site_packages=True)
    install(site, "cffi", "2.0")
    install(tmp_path / "usr/local/lib/python3.11/dist-packages", "local")
    environment = read(tmp_path)
    assert environment.site_dirs == (
        SITE,
        "/usr/local/lib/python3.11/dist-packages",
        "/usr/lib/python3/dist-packages",
    )
    assert [(each.name, each.version) for each in environment.distributions] == [
        ("cffi", "2.0"),
        ("local", "1.0"),
        ("perf", "0.1"),
    ]
    assert Verdict.SHADOWED in [each.verdict for each in environment.skipped]


def test_lib64_that_is_a_folder_of_its_own(tmp_path: Path) -> None:
    """Fedora puts what has extension modules there."""
    make_interpreter(tmp_path)
    site = make_venv(tmp_path)
    (tmp_path / "opt/venv/lib64").unlink()
    install(site, "pure")
    install(tmp_path / "opt/venv/lib64/python3.11/site-packages", "binary")
    environment = read(tmp_path)
    assert environment.site_dirs == ("/opt/venv/lib64/python3.11/site-packages", SITE)
    assert [each.name for each in environment.distributions] == ["binary", "pure"]


def test_prefix_of_the_official_images(tmp_path: Path) -> None:
    """Python in /usr/local has its own site-packages, and nothing of Debian's Python beside it."""
    make_interpreter(tmp_path)
    dist_packages(tmp_path)
    (tmp_path / "usr/local/lib/python3.11/dist-packages").mkdir()
    install(tmp_path / "usr/local/lib/python3.11/site-packages", "a", files={"../../../bin/a": ELF})
    environment = read(tmp_path, "/usr/local/bin/python3")
    assert environment.site_dirs == ("/usr/local/lib/python3.11/site-packages",)
    assert files_below(only(environment), "/usr/local") == ["bin/a"]


# ------------------------------------------------------------------------------------------------------ unclaimed files


def test_unclaimed(tmp_path: Path, site: Path) -> None:
    """Files of the venv that no RECORD lists, without text, byte code, links, and the interpreter's copies."""
    install(site, "a", files={"a.so": ELF})
    prefix = tmp_path / "opt/venv"
    for file in ("bin/uwsgi", "bin/python3.11", "lib/libx.so.1", "share/x", "x.py", "lib/__pycache__/x.so"):
        write(prefix / file, ELF)
    write(site / "orphan/y.so", ELF)
    link(site / "link.so", "a.so")
    os.mkfifo(site / "pipe.so")
    assert read(tmp_path).unclaimed == (
        "/opt/venv/bin/uwsgi",
        "/opt/venv/lib/libx.so.1",
        f"{SITE}/orphan/y.so",
        "/opt/venv/share/x",
    )


def test_unclaimed_without_a_venv(tmp_path: Path) -> None:
    """An interpreter's prefix is shared with everything else: only its site directories count."""
    make_interpreter(tmp_path)
    site = tmp_path / "usr/local/lib/python3.11/site-packages"
    install(site, "a")
    write(site / "x.so", ELF)
    write(tmp_path / "usr/local/lib/libother.so", ELF)
    assert read(tmp_path, "/usr/local").unclaimed == ("/usr/local/lib/python3.11/site-packages/x.so",)


# --------------------------------------------------------------------------------------------------- which environment


def test_order_of_defaults(tmp_path: Path) -> None:
    """`VIRTUAL_ENV`, then `.venv`, then the first python3 on PATH."""
    make_interpreter(tmp_path)
    (tmp_path / "usr/local/bin/python3.11").chmod(0o755)
    install(tmp_path / "usr/local/lib/python3.11/site-packages", "on-path")
    assert only(read(tmp_path, None, PATH="/usr/local/bin")).name == "on-path"
    assert only(read(tmp_path, None)).name == "on-path"
    install(make_venv(tmp_path, "/work/.venv"), "dot-venv")
    assert only(read(tmp_path, None)).name == "dot-venv"
    install(make_venv(tmp_path, "/work/active"), "active")
    assert only(read(tmp_path, None, VIRTUAL_ENV="/work/active")).name == "active"
    assert only(read(tmp_path, None, VIRTUAL_ENV="active")).name == "active"
    assert only(read(tmp_path, ".venv", VIRTUAL_ENV="/work/active")).name == "dot-venv"


def test_what_named_the_environment(tmp_path: Path) -> None:
    """The result says which default named it, and nothing if the user did."""
    make_interpreter(tmp_path)
    install(make_venv(tmp_path, "/own"), "a")
    install(make_venv(tmp_path, "/conda"), "b")
    root = Root(str(tmp_path))

    def found(python: str | None = None, **environ: str) -> tuple[str, str]:
        environment = find_environment(root, python, environ=environ, cwd="/work", tool_prefix="/own")
        return environment.prefix, environment.found_by

    assert found() == ("/own", "pip-sysdeps is installed there")
    assert found(CONDA_PREFIX="/conda") == ("/conda", "CONDA_PREFIX")
    assert found(CONDA_PREFIX="/conda", VIRTUAL_ENV="/own") == ("/own", "VIRTUAL_ENV")
    assert found("/conda") == ("/conda", "")


@pytest.mark.parametrize("mark", ["own/pipx_metadata.json", "own/uv-receipt.toml", "CACHEDIR.TAG"])
def test_an_isolated_tool_is_not_meant(tmp_path: Path, mark: str) -> None:
    """Environments of pipx, uv tool and uvx are not used, neither as the tool's own nor as the first on PATH."""
    make_interpreter(tmp_path)
    (tmp_path / "usr/local/bin/python3.11").chmod(0o755)
    install(tmp_path / "usr/local/lib/python3.11/site-packages", "project")
    install(make_venv(tmp_path, "/tools/own"), "other-tool")
    write(tmp_path / "tools" / mark)
    environ = {"PATH": "/tools/own/bin:/usr/local/bin"}
    environment = find_environment(Root(str(tmp_path)), None, environ=environ, tool_prefix="/tools/own")
    assert (environment.prefix, only(environment).name) == ("/usr/local", "project")


def test_an_overlay_leads_to_what_lies_below(tmp_path: Path) -> None:
    """`uv run --with` sets VIRTUAL_ENV to an environment of its own, which names the project's."""
    make_interpreter(tmp_path)
    install(make_venv(tmp_path, "/work/project"), "project")
    overlay = "home = /usr/local/bin\nextends-environment = /work/project\n"
    make_venv(tmp_path, "/cache/overlay", config=overlay)
    environment = read(tmp_path, None, VIRTUAL_ENV="/cache/overlay")
    assert (environment.prefix, environment.found_by) == ("/work/project", "VIRTUAL_ENV")


@pytest.mark.parametrize(
    ("version", "file", "expected"),
    [("3.12", "", "3.12.10"), ("", "3.11.7\n", "3.11.7"), ("", "", "3.12.9"), ("python-3.11", "3.12\n", "3.11.7")],
)
def test_a_pyenv_shim_is_followed(tmp_path: Path, version: str, file: str, expected: str) -> None:
    """By PYENV_VERSION, .python-version or pyenv's own version file; the shim is not run."""
    for installed in ("3.11.7", "3.12.9", "3.12.10"):
        folder = make_interpreter(tmp_path, f"/pyenv/versions/{installed}", f"python{installed[:4]}")
        install(folder / f"lib/python{installed[:4]}/site-packages", "a")
    write(tmp_path / "pyenv/shims/python3", "#!/bin/sh\n").chmod(0o755)
    write(tmp_path / "pyenv/version", "3.12.9\n")
    if file:
        write(tmp_path / "work/.python-version", file)
    environ = {"PATH": "/pyenv/shims", "PYENV_VERSION": version}
    assert read(tmp_path, None, **environ).prefix == f"/pyenv/versions/{expected}"
    assert read(tmp_path, "python3", **environ).prefix == f"/pyenv/versions/{expected}"


def test_a_named_pyenv_shim_may_lead_to_the_systems_python(tmp_path: Path) -> None:
    """`--python /pyenv/shims/python3` is the next one on PATH where pyenv says `system`."""
    folder = make_interpreter(tmp_path, "/usr/local")
    (folder / "bin/python3.11").chmod(0o755)
    install(folder / "lib/python3.11/site-packages", "a")
    write(tmp_path / "pyenv/shims/python3", "#!/bin/sh\n").chmod(0o755)
    write(tmp_path / "pyenv/version", "system\n")
    (tmp_path / "pyenv/versions").mkdir()
    environment = read(tmp_path, "/pyenv/shims/python3", PATH="/pyenv/shims:/usr/local/bin")
    assert environment.prefix == "/usr/local"


def test_a_program_that_is_no_python(tmp_path: Path) -> None:
    """It is refused, whatever standard library lies above its folder; it may be one file of a frozen application."""
    make_interpreter(tmp_path, "/usr")
    write(tmp_path / "usr/bin/ls", ELF)
    with pytest.raises(SysdepsError, match=r"`/usr/bin/ls` is not a Python interpreter$") as caught:
        read(tmp_path, "/usr/bin/ls")
    assert caught.value.hint.endswith("is the environment that it was made from")


def test_a_program_of_a_frozen_application(tmp_path: Path) -> None:
    """The modules beside it show what it is."""
    write(tmp_path / "opt/app/app", ELF)
    write(tmp_path / "opt/app/_internal/one.cpython-311-x86_64-linux-gnu.so", ELF)
    with pytest.raises(SysdepsError, match=r"such as `_internal/one.cpython-311-.*: it looks like a frozen") as caught:
        read(tmp_path, "/opt/app/app")
    assert caught.value.hint.startswith("lock the environment that it was made from")


@pytest.mark.parametrize("names", [(), ("pip",), ("pip", "setuptools", "wheel")])
def test_an_environment_of_installers_alone(tmp_path: Path, site: Path, names: tuple[str, ...]) -> None:
    """It is refused, unless the user allows an empty one."""
    for name in names:
        install(site, name)
    with pytest.raises(NoEnvironmentError):
        read(tmp_path)
    environment = find_environment(Root(str(tmp_path)), "/opt/venv", environ={}, allow_empty=True)
    assert [each.name for each in environment.distributions] == list(names)


def test_what_pip_installed_for_a_user(tmp_path: Path) -> None:
    """~/.local is used if the Python on PATH has no distributions."""
    make_interpreter(tmp_path)
    (tmp_path / "usr/local/bin/python3.11").chmod(0o755)
    install(tmp_path / "usr/local/lib/python3.11/site-packages", "pip")
    install(tmp_path / "home/me/.local/lib/python3.11/site-packages", "mine")
    environment = read(tmp_path, None, HOME="/home/me")
    assert (environment.prefix, environment.found_by, only(environment).name) == ("/home/me/.local", "~/.local", "mine")


# --------------------------------------------------------------------------------------------------- which Python


def test_a_venv_whose_python_is_another_one(tmp_path: Path) -> None:
    """It was copied into an image with another Python."""
    make_interpreter(tmp_path, name="python3.13")
    site = make_venv(tmp_path)
    install(site, "a")
    (site.parents[2] / "bin/python3").unlink()
    (site.parents[2] / "bin/python3").symlink_to("/usr/local/bin/python3")
    assert read(tmp_path).mismatches == ("`/opt/venv` has lib/python3.11, but its bin/python3 is python3.13",)


@pytest.mark.parametrize(("python", "is_told"), [("python3.13", False), ("python3.13t", True)])
def test_the_stable_abi_in_a_free_threaded_python(tmp_path: Path, python: str, *, is_told: bool) -> None:
    """It imports no `.abi3.so`."""
    make_interpreter(tmp_path, "/usr/local", python)
    install(make_venv(tmp_path, name=python), "a", files={"m.abi3.so": ELF}, tags=["cp39-abi3-linux_x86_64"])
    told = "a is built for abi3 (m.abi3.so), but the environment runs cp313t"
    assert read(tmp_path).mismatches == ((told,) if is_told else ())


def test_a_venv_whose_config_names_another_python(tmp_path: Path) -> None:
    """Its folder was renamed, or its file copied."""
    make_interpreter(tmp_path)
    install(make_venv(tmp_path, config="home = /usr/local/bin\nversion = 3.12.1\n"), "a")
    assert read(tmp_path).mismatches == ("`/opt/venv` is for Python 3.12 by its pyvenv.cfg, but has lib/python3.11",)


@pytest.mark.parametrize(
    ("modules", "expected"),
    [
        (("m.cpython-312-x86_64-linux-gnu.so",), "m.cpython-312-x86_64-linux-gnu.so"),
        (("m.cpython-312-x86_64-linux-gnu.so", "m.cpython-311-x86_64-linux-gnu.so"), ""),
        (("m.cpython-312-x86_64-linux-gnu.so", "m.abi3.so"), ""),
        (("m.abi3.so", "libm.so"), ""),
    ],
)
def test_modules_for_another_python(tmp_path: Path, site: Path, modules: tuple[str, ...], expected: str) -> None:
    """Their names tell it; a distribution that has some for this one too is fine."""
    install(site, "a", files=dict.fromkeys(modules, ELF), tags=["cp312-cp312-linux_x86_64"])
    told = f"a is built for cp312 ({expected}), but the environment runs cp311"
    assert read(tmp_path).mismatches == ((told,) if expected else ())


def test_modules_tell_the_python_of_a_folder(tmp_path: Path) -> None:
    """What `pip install --target` filled is for the Python of its modules, not for the first one on PATH."""
    make_interpreter(tmp_path)
    (tmp_path / "usr/local/bin/python3.11").chmod(0o755)
    install(tmp_path / "deps", "a", files={"m.cpython-312-x86_64-linux-gnu.so": ELF})
    assert read_paths(tmp_path, "/deps").interpreter == Interpreter(
        path="", prefix="", version=(3, 12), abi_tag="cp312"
    )


@pytest.mark.parametrize(
    ("python", "environ", "message"),
    [
        (None, {}, "no Python environment found"),
        (None, {"VIRTUAL_ENV": "/gone"}, "VIRTUAL_ENV names `/gone`, which is not a folder"),
        (None, {"CONDA_PREFIX": "/gone"}, "CONDA_PREFIX names `/gone`, which is not a folder"),
        ("/gone", {}, "no environment or interpreter at `/gone`"),
        ("gone", {}, "no environment or interpreter at `/work/gone`"),
        ("/empty", {}, "no distributions in the environment `/empty`"),
    ],
)
def test_no_environment(tmp_path: Path, python: str | None, environ: dict[str, str], message: str) -> None:
    """An environment that cannot be used is one error with a hint."""
    make_venv(tmp_path, "/empty")
    with pytest.raises(SysdepsError) as caught:
        read(tmp_path, python, **environ)
    assert str(caught.value) == message
    assert caught.value.hint


def test_a_dot_venv_that_is_a_file(tmp_path: Path) -> None:
    """It has the environment's folder, as pipenv reads it."""
    make_interpreter(tmp_path)
    install(make_venv(tmp_path, "/envs/project"), "project")
    write(tmp_path / "work/.venv", "/envs/project\n")
    environment = read(tmp_path, None)
    assert (environment.prefix, environment.found_by) == ("/envs/project", ".venv")


@pytest.mark.parametrize(
    ("text", "message"),
    [
        ("/gone\n", "`/work/.venv` is a file, but does not contain the path of an existing folder"),
        ("", "`/work/.venv` is a file, but does not contain the path of an existing folder"),
        (None, "`/work/.venv` is a broken link"),
    ],
)
def test_a_dot_venv_that_leads_nowhere(tmp_path: Path, text: str | None, message: str) -> None:
    """The project's environment is gone: another one is not the answer."""
    make_interpreter(tmp_path)
    (tmp_path / "usr/local/bin/python3.11").chmod(0o755)
    install(tmp_path / "usr/local/lib/python3.11/site-packages", "on-path")
    if text is None:
        (tmp_path / "work").mkdir()
        (tmp_path / "work/.venv").symlink_to("/gone")
    else:
        write(tmp_path / "work/.venv", text)
    with pytest.raises(SysdepsError) as caught:
        read(tmp_path, None, PATH="/usr/local/bin")
    assert (str(caught.value), caught.value.hint) == (message, "remove it, or use --python")


def test_the_user_base(tmp_path: Path) -> None:
    """PYTHONUSERBASE stands for ~/.local."""
    make_interpreter(tmp_path)
    (tmp_path / "usr/local/bin/python3.11").chmod(0o755)
    install(tmp_path / "base/lib/python3.11/site-packages", "a")
    environment = read(tmp_path, None, PATH="/usr/local/bin", PYTHONUSERBASE="/base", HOME="/root")
    assert (environment.prefix, environment.found_by, only(environment).name) == ("/base", "PYTHONUSERBASE", "a")


def test_environments_of_the_folder_that_were_not_taken(tmp_path: Path) -> None:
    """`venv` and others are named where the environment is not the folder's, but not that of pip-sysdeps alone."""
    make_interpreter(tmp_path)
    (tmp_path / "usr/local/bin/python3.11").chmod(0o755)
    install(tmp_path / "usr/local/lib/python3.11/site-packages", "on-path")
    make_venv(tmp_path, "/work/venv")
    (tmp_path / "work/src").mkdir()
    environment = read(tmp_path, None, PATH="/usr/local/bin")
    assert (environment.prefix, environment.others) == ("/usr/local", ("venv",))
    assert read(tmp_path, "/usr/local/bin/python3.11").others == ()
    install(tmp_path / "work/venv/lib/python3.11/site-packages", "pip-sysdeps")
    environ = {"PATH": "/usr/local/bin"}
    mine = find_environment(Root(str(tmp_path)), None, environ=environ, cwd="/work", tool_prefix="/work/venv")
    assert (mine.prefix, mine.others) == ("/usr/local", ())


@pytest.mark.parametrize("inside", ["bin", "lib/python3.11/site-packages"])
def test_a_folder_inside_an_environment(tmp_path: Path, inside: str) -> None:
    """The hint names the environment that is meant."""
    make_venv(tmp_path)
    with pytest.raises(SysdepsError) as caught:
        read(tmp_path, f"/opt/venv/{inside}")
    assert caught.value.hint == "it is in the virtual environment `/opt/venv`: name that"


def test_a_pyenv_shim_is_followed_for_a_folder(tmp_path: Path) -> None:
    """What `pip install --target` filled has no Python of its own."""
    make_interpreter(tmp_path, "/pyenv/versions/3.12.9", "python3.12")
    (tmp_path / "pyenv/versions/3.12.9/bin/python3.12").chmod(0o755)
    write(tmp_path / "pyenv/shims/python3", "#!/bin/sh\n").chmod(0o755)
    write(tmp_path / "pyenv/version", "3.12.9\n")
    install(tmp_path / "deps", "a")
    assert read_paths(tmp_path, "/deps", PATH="/pyenv/shims").interpreter.version == (3, 12)


def test_shim_first_on_path(tmp_path: Path) -> None:
    """The Python that pip used is not known: an error, no guess at the next one."""
    make_interpreter(tmp_path)
    write(tmp_path / "shims/python3", "#!/bin/sh\n").chmod(0o755)
    with pytest.raises(SysdepsError, match="`/shims/python3` is not an interpreter"):
        read(tmp_path, None, PATH="/shims:/usr/local/bin")


def test_own_environment(tmp_path: Path, site: Path) -> None:
    """The tool's own environment is used only if it has another distribution."""
    install(site, "pip-sysdeps", requires=["Tomlkit>=0.12", "packaging", "mypy; extra == 'lint'"])
    install(site, "tomlkit")
    install(site, "packaging")
    install(site, "pip")
    with pytest.raises(
        SysdepsError, match="the environment `/opt/venv` holds nothing but pip-sysdeps itself"
    ) as caught:
        read(tmp_path)
    assert caught.value.hint == "name the project's environment with --python"
    install(site, "mypy")
    assert len(read(tmp_path).distributions) == 5


# ------------------------------------------------------------------------------------------------------------- --path


@pytest.mark.parametrize("path", ["/install", "/install/lib/python3.11/site-packages", "/link"])
def test_path_of_a_prefix(tmp_path: Path, path: str) -> None:
    """A prefix, or the site-packages in it; without an interpreter of that version its path is unknown."""
    link(tmp_path / "link", "/install")
    install(tmp_path / "install/lib/python3.11/site-packages", "a", files={"../../../bin/a": ELF})
    write(tmp_path / "install/lib/libother.so", ELF)
    environment = read_paths(tmp_path, path)
    assert (environment.prefix, environment.site_dirs) == ("/install", ("/install/lib/python3.11/site-packages",))
    assert files_below(only(environment), "/install") == ["bin/a"]
    assert environment.interpreter == Interpreter(path="", prefix="", version=(3, 11), abi_tag="cp311")
    assert environment.unclaimed == ()


def test_path_of_debians_scheme(tmp_path: Path) -> None:
    """Debian's pip puts `--prefix` in local/lib/python3.x/dist-packages."""
    make_interpreter(tmp_path, "/usr")
    (tmp_path / "usr/bin/python3.11").chmod(0o755)
    install(tmp_path / "install/local/lib/python3.11/dist-packages", "a", files={"../../../bin/a": ELF})
    environment = read_paths(tmp_path, "/install")
    assert files_below(only(environment), "/install") == ["local/bin/a"]
    assert environment.interpreter.path == "/usr/bin/python3.11"


def test_path_of_target(tmp_path: Path) -> None:
    """Scripts are in the target's own bin, and RECORD says ../../bin: that is never the system's /bin."""
    make_interpreter(tmp_path)
    (tmp_path / "usr/local/bin/python3.11").chmod(0o755)
    install(tmp_path / "deps/app", "a", files={"a.so": ELF}, record="../../bin/a,,\na.so,,\n")
    write(tmp_path / "deps/app/bin/a", ELF)
    write(tmp_path / "bin/a", ELF)
    environment = read_paths(tmp_path, "/deps/app")
    assert files_below(only(environment), "/deps/app") == ["a.so", "bin/a"]
    assert environment.interpreter.path == "/usr/local/bin/python3.11"
    assert environment.prefix == "/deps/app"


def test_several_paths(tmp_path: Path) -> None:
    """They are in the order given; the first has a name."""
    install(tmp_path / "one/lib/python3.11/site-packages", "a", "1.0")
    install(tmp_path / "two/lib/python3.11/site-packages", "a", "2.0")
    install(tmp_path / "two/lib/python3.11/site-packages", "b")
    environment = read_paths(tmp_path, "/two", "/one")
    assert [(each.name, each.version) for each in environment.distributions] == [("a", "2.0"), ("b", "1.0")]


def test_path_takes_the_interpreter_of_its_version(tmp_path: Path) -> None:
    """Not just the first one on PATH."""
    for prefix, name in (("/opt/new", "python3.12"), ("/opt/old", "python3.11")):
        make_interpreter(tmp_path, prefix, name)
        (tmp_path / f"{prefix[1:]}/bin/{name}").chmod(0o755)
    install(tmp_path / "install/lib/python3.11/site-packages", "a")
    environment = read_paths(tmp_path, "/install", PATH="/opt/new/bin:/opt/old/bin")
    assert environment.interpreter.path == "/opt/old/bin/python3.11"


@pytest.mark.parametrize(
    ("path", "message"),
    [
        ("/gone", "`/gone` is not a folder"),
        ("/file", "`/file` is not a folder"),
        ("/empty", "no distributions in `/empty`"),
        ("/bare/lib/python3.11/site-packages", "no distributions in `/bare/lib/python3.11/site-packages`"),
        ("/both", "`/both` has distributions for python3.11 and python3.12"),
        ("/flat", "cannot determine the Python of `/flat`"),
    ],
)
def test_paths_that_cannot_be_used(tmp_path: Path, path: str, message: str) -> None:
    """Each is one error with a hint."""
    write(tmp_path / "file")
    (tmp_path / "empty").mkdir()
    (tmp_path / "bare/lib/python3.11/site-packages").mkdir(parents=True)
    for python in ("python3.11", "python3.12"):
        install(tmp_path / f"both/lib/{python}/site-packages", "a")
    install(tmp_path / "flat", "a")
    with pytest.raises(SysdepsError) as caught:
        read_paths(tmp_path, path)
    assert str(caught.value) == message
    assert caught.value.hint


def test_target_with_a_shim_on_path(tmp_path: Path) -> None:
    """A script does not tell the version."""
    install(tmp_path / "flat", "a")
    write(tmp_path / "shims/python3", "#!/bin/sh\n").chmod(0o755)
    message = "cannot determine the Python of `/flat`: `/shims/python3`, first on PATH, is a script"
    with pytest.raises(SysdepsError, match=message):
        read_paths(tmp_path, "/flat", PATH="/shims")


def test_links_to_one_metadata_folder(tmp_path: Path, site: Path) -> None:
    """A distribution is read once, however many links lead to its metadata."""
    install(site, "d", "1", files={"d/__init__.py": b""})
    link(site / "e-1.dist-info", "d-1.dist-info")
    environment = read(tmp_path)
    assert [each.name for each in environment.distributions] == ["d"]
    reason = f"is the same as {SITE}/d-1.dist-info"
    assert Skipped(path=f"{SITE}/e-1.dist-info", verdict=Verdict.SHADOWED, reason=reason) in environment.skipped


def test_many_rows_that_leave_the_environment(tmp_path: Path, site: Path) -> None:
    """Ten are named, the others are counted."""
    rows = "".join(f"../../../../../{number},,\n" for number in range(100))
    install(site, "d", "1", record=f"{rows}d/a.py,,\n")
    outside = [each for each in read(tmp_path).skipped if each.verdict is Verdict.OUTSIDE]
    assert len(outside) == 11
    assert outside[-1].reason == "90 more rows leave /opt/venv"


def test_a_huge_file_that_two_claim(tmp_path: Path, site: Path) -> None:
    """A file that is too large to hash belongs to the first distribution that claims it."""
    with (site / "z").open("wb") as file:
        file.truncate(1 << 40)
    for name in ("a", "b"):
        install(site, name, "1", record=f"z,sha256={digest(name.encode())},\n")
    owners = {each.name: each.files for each in read(tmp_path).distributions}
    assert owners == {"a": (f"{SITE}/z",), "b": ()}
