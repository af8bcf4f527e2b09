"""What Python sources open by name, from a source to the line."""

from __future__ import annotations

import errno
import gzip
import json
import os
import shutil
import signal
from typing import TYPE_CHECKING

import pytest

from builders.elf import Elf
from builders.pip_env import write_sdist
from builders.schemas import check_schema
from builders.small_debian import SITE
from builders.system import VENV
from builders.venv import install

if TYPE_CHECKING:
    from collections.abc import Callable, Mapping
    from pathlib import Path

    from builders.desk import Desk

OPENS = b"import ctypes.util\nlibrary = ctypes.CDLL(ctypes.util.find_library('magic'))\n"


def declare(desk: Desk, name: str, *lines: str, files: Mapping[str, bytes] | None = None) -> None:
    """Install a distribution that says in METADATA what it requires from outside; others with `files` go."""
    site = desk.root / SITE.lstrip("/")
    for old in site.glob("[!p]*.dist-info"):
        shutil.rmtree(old)
    headers = "".join(f"Requires-External: {line}\n" for line in lines)
    metadata = {"METADATA": f"Metadata-Version: 2.1\nName: {name}\nVersion: 1.0\n{headers}"}
    install(site, name, files=files, metadata=metadata)


def test_a_source_that_opens_a_library(desk: Desk) -> None:
    """The library's package is in the line, though no ELF file names it."""
    install(desk.root / SITE.lstrip("/"), "opener", files={"opener.py": OPENS})
    assert desk.run_lock().status == 0
    assert desk.run_apt_line().out == "libmagic1 libpq5\n"


@pytest.mark.parametrize(
    ("brings", "needs_nothing"),
    [
        ("libwrap.cpython-311-x86_64-linux-gnu.so", True),
        ("libwrap.pypy310-pp73-x86_64-linux-gnu.so", True),
        ("libwrap.abi3.so", True),
        ("libwrap-x86_64.so", True),
        ("libwrapper.abi3.so", False),
        ("wrap.abi3.so", False),
    ],
)
def test_a_library_of_its_own_under_a_name_with_what_it_is_built_for(
    desk: Desk, brings: str, needs_nothing: bool
) -> None:
    """It is what the sources open, whatever setuptools or a wheel's maker put into its name."""
    opens = b"import ctypes\nctypes.CDLL('libwrap.so')\n"
    install(desk.root / SITE.lstrip("/"), "wrap", files={"wrap.py": opens, brings: Elf().build()})
    assert desk.run_lock().status == 0
    assert ("libwrap.so" not in desk.lock.read_text(encoding="utf-8")) is needs_nothing


def _counted(fork: Callable[[], int], forked: list[int]) -> Callable[[], int]:
    def counted() -> int:
        forked.append(identifier := fork())
        return identifier

    return counted


@pytest.mark.filterwarnings("ignore:.*multi-threaded, use of fork:DeprecationWarning")  # as test_fork_worker.py
def test_a_second_process_finds_the_same(desk: Desk, monkeypatch: pytest.MonkeyPatch) -> None:
    """In a large environment the sources are searched beside the rest; what is noted of them comes back, too."""
    files = {"opener.py": OPENS, "broken.py": b"import ctypes\nctypes.CDLL('libz.so.1'"}
    install(desk.root / SITE.lstrip("/"), "opener", files=files)
    alone = desk.run_lock("-v")
    text = desk.lock.read_text(encoding="utf-8")
    monkeypatch.setattr("pip_sysdeps.app.scan._MIN_FILES_TO_FORK", 0)
    monkeypatch.setattr("pip_sysdeps.system.fork_worker._processors", lambda: 2)
    forked: list[int] = []
    monkeypatch.setattr(os, "fork", _counted(os.fork, forked))
    desk.lock.unlink()
    assert desk.run_lock("-v") == alone
    assert desk.lock.read_text(encoding="utf-8") == text
    assert len(forked) == 1


@pytest.mark.parametrize(
    ("source", "package", "confidence"),
    [
        (b"import gi\ngi.require_version('Gtk', '3.0')\n", "gir1.2-gtk-3.0", "high"),
        (b"from gi import require_version\nrequire_version('Gtk', '4.0')\n", "gir1.2-gtk-4.0", "high"),
        (
            b"import gi\ntry:\n    gi.require_version('Gst', '1.0')\nexcept ValueError:\n    pass\n",
            "gir1.2-gstreamer-1.0",
            "medium",
        ),
    ],
)
def test_a_source_that_asks_for_a_typelib(desk: Desk, source: bytes, package: str, confidence: str) -> None:
    """PyGObject opens it by name: its package is offered, and in the line if the code does not do without either."""
    site = desk.root / SITE.lstrip("/")
    install(site, "window", files={"window.py": source})
    assert desk.run_lock().status == 0
    assert desk.run_apt_line().out == "libpq5\n"
    install(site, "introspection", files={"gi/__init__.py": b""})
    assert desk.run_lock().status == 0
    assert (desk.run_apt_line().out == f"{package} libpq5\n") is (confidence == "high")
    assert desk.run_apt_line("--when", "default,dlopen").out == f"{package} libpq5\n"


def test_a_typelib_of_an_unknown_version(desk: Desk) -> None:
    """Names nothing: PyGObject's own sources pass the version on."""
    source = b"import gi\ndef use(namespace, version):\n    gi.require_version('Gdk', version)\n"
    install(desk.root / SITE.lstrip("/"), "gi", files={"gi/overrides.py": source})
    assert desk.run_lock().status == 0
    assert desk.run_apt_line().out == "libpq5\n"


@pytest.mark.parametrize(("other", "line"), [("openmpi", "libpq5\n"), ("sometool", "libopenmpi3 libpq5 openmpi-bin\n")])
def test_a_library_that_another_distribution_is_known_to_bring(desk: Desk, other: str, line: str) -> None:
    """Neither requires the other, but who installs both means them for each other; not so any other distribution."""
    site = desk.root / SITE.lstrip("/")
    install(site, "mpi4py", files={"mpi.abi3.so": Elf(needed=("libmpi.so.40",), defined=("PyInit_mpi",)).build()})
    program = Elf(interpreter="/lib64/ld-linux-x86-64.so.2", needed=("libmpi.so.40",), runpath="$ORIGIN/../lib")
    brought = {"../../libmpi.so.40": Elf(soname="libmpi.so.40").build(), "../../../bin/info": program.build()}
    install(site, other, files=brought)
    assert desk.run_lock().status == 0
    assert desk.run_apt_line().out == line


def test_a_distribution_that_is_known_to_need_nothing(desk: Desk) -> None:
    """Its sources are not respected, whatever they open: the knowledge file says so of pip."""
    install(desk.root / SITE.lstrip("/"), "pip", files={"pip/opener.py": OPENS})
    assert desk.run_lock().status == 0
    assert desk.run_apt_line().out == "libpq5\n"


# ------------------------------------------------------------------------------------------------- who says what counts


@pytest.mark.parametrize(
    ("line", "package"),
    [
        ("libmagic", "libmagic1"),
        ("libmagic.so.1 (>= 5)", "libmagic1"),
        ("pdftoppm", "poppler-utils"),
        ('libmagic; sys_platform == "linux" and python_version >= "3.11"', "libmagic1"),
        ('libmagic; sys_platform == "win32"', ""),
        ("libmagic; no marker", "libmagic1"),
    ],
)
def test_requires_external(desk: Desk, line: str, package: str) -> None:
    """What METADATA declares is in the line: a library, a program; not what a marker is for another system."""
    declare(desk, "declaring", line)
    assert desk.run_lock().status == 0
    assert desk.run_apt_line().out == " ".join(sorted(filter(None, [package, "libpq5"]))) + "\n"


def test_the_project_of_an_sdist(desk: Desk, monkeypatch: pytest.MonkeyPatch) -> None:
    """`[external]` of an sdist that direct_url.json names is read from it; a broken or huge one is skipped."""
    project = '[external]\ndependencies = ["dep:generic/libmagic@>=5", "dep:virtual/interface/blas"]\n'
    sdist = write_sdist(desk.root, "declaring", project=project)
    url = '{"url": "file:///declaring-1.0.tar.gz", "archive_info": {}}'
    install(desk.root / SITE.lstrip("/"), "declaring", metadata={"direct_url.json": url})
    assert desk.run_lock().status == 0
    assert desk.run_apt_line().out == "libmagic1 libpq5\n"
    assert 'package = "libmagic1", when = "declared"' in desk.lock.read_text()

    whole = sdist.read_bytes()
    for content in (whole[:200], b"", gzip.compress(b"no archive"), whole):
        monkeypatch.setattr("pip_sysdeps.environment.read_sdist._MAX_UNPACKED", 500)
        sdist.write_bytes(content)
        assert "skipped (malformed): /declaring-1.0.tar.gz: " in desk.run_lock("-v").err
        assert desk.run_apt_line().out == "libpq5\n"


def test_the_order_of_authority(desk: Desk, tmp_path: Path) -> None:
    """The source is sure of nothing; the declaration is; the knowledge file says more than both; the policy, most."""
    finds = b"import shutil, subprocess\nif shutil.which('pdftoppm'):\n    subprocess.run(['pdftoppm'])\n"

    def line_of(name: str, *lines: str, policy: str = "") -> str:
        declare(desk, name, *lines, files={"finds.py": finds})
        (tmp_path / "pyproject.toml").write_text(policy)
        assert desk.run_lock().status == 0
        return desk.run_apt_line().out

    assert line_of("finds") == "libpq5\n"
    assert line_of("finds", "pdftoppm") == "libpq5 poppler-utils\n"
    assert line_of("pysaml2", "pdftoppm") == "libpq5 xmlsec1\n"
    ignore = "ignore = [{ package = 'xmlsec1', reason = 'signs nothing' }]"
    add = "add = [{ package = 'poppler-utils', reason = 'draws pages' }]"
    policy = f"[tool.pip-sysdeps.distribution.pysaml2]\n{ignore}\n{add}\n"
    assert line_of("pysaml2", "pdftoppm", policy=policy) == "libpq5 poppler-utils\n"


# --------------------------------------------------------------------------------------------- what is not in the line


UNSURE = b"""import ctypes, shutil, subprocess
def draw():
    if shutil.which("pdftoppm"):
        subprocess.run(["pdftoppm"])
def load():
    try:
        return ctypes.CDLL("libmagic.so.1")
    except OSError:
        return None
"""
OFFER = "`pip-sysdeps install-line --when default,dlopen,exec` prints all of them\n"


@pytest.fixture
def unsure(desk: Desk) -> Desk:
    """Return a desk with a distribution that says in its summary what it may run, and names what it may open."""
    files = {"unsure.py": UNSURE}
    about = "Metadata-Version: 2.1\nName: unsure\nVersion: 1.0\nSummary: Pages of a PDF, by pdftoppm\n"
    install(desk.root / SITE.lstrip("/"), "unsure", files=files, metadata={"METADATA": about})
    return desk


def test_lock_offers_what_is_not_sure(unsure: Desk) -> None:
    """Medium stays out of the line, is listed on stderr, and what adds it does."""
    result = unsure.run_lock()
    assert "not in the install line: unsure: libmagic1 (dlopen); poppler-utils (exec)\n" in result.err
    assert OFFER in result.err
    assert unsure.run_apt_line().out == "libpq5\n"
    assert unsure.run_apt_line("--when", "default,dlopen,exec").out == "libmagic1 libpq5 poppler-utils\n"


@pytest.mark.parametrize("form", ["table", "markdown"])
def test_audit_offers_what_is_not_sure(unsure: Desk, form: str, monkeypatch: pytest.MonkeyPatch) -> None:
    """With how sure it is, and what adds it."""
    monkeypatch.setenv("COLUMNS", "300")
    out = unsure.run("audit", "--root", str(unsure.root), "--python", VENV, "--all", "--format", form).out
    inside, _, outside = out.partition("Not in the install line")
    assert "libpq5" in inside
    assert "dlopen (medium)" in outside
    assert "exec (medium)" in outside
    assert OFFER in outside


def test_audit_tells_what_a_distribution_needs_from_what_it_may_use(
    unsure: Desk, monkeypatch: pytest.MonkeyPatch
) -> None:
    """What is not in the line stands on a line of its own."""
    monkeypatch.setenv("COLUMNS", "300")
    out = unsure.run("audit", "--all", "--root", str(unsure.root), "--python", VENV).out
    rows = [" ".join(line.split()) for line in out.partition("Distributions with needs")[2].splitlines()]
    assert "may use libmagic1, poppler-utils" in rows
    assert [row for row in rows if row.startswith("needs")] == ["needs libpq5"]


def test_audit_tells_programs_how_sure_it_is(unsure: Desk) -> None:
    """The JSON document has the confidence of each need."""
    document = json.loads(unsure.run("audit", "--root", str(unsure.root), "--python", VENV, "--json").out)
    check_schema("audit", document)
    found = {each["name"]: each["needed_by"][0]["confidence"] for each in document["packages"]}
    assert found == {"libmagic1": "medium", "libpq5": "", "poppler-utils": "medium"}


# ---------------------------------------------------------------------------------------------- what was not looked at


@pytest.mark.parametrize(
    ("source", "verdict"),
    [
        (OPENS + b"# " + b"x" * (1 << 20), "too-long"),
        (b"# " + b"x" * (1 << 24), "too-long"),
        (OPENS + b"print 'no longer'\n", "malformed"),
    ],
    ids=["too much to parse", "too much to read", "of another Python"],
)
def test_a_source_that_cannot_be_searched(desk: Desk, source: bytes, verdict: str) -> None:
    """It is skipped with its reason, and the distribution with one that is too long is named."""
    install(desk.root / SITE.lstrip("/"), "huge", files={"huge.py": source})
    result = desk.run_lock("-v")
    assert result.status == 0
    assert f"skipped ({verdict}): {SITE}/huge.py: " in result.err
    told = "some sources are too large to search, and their needs are unknown: huge\n"
    assert (told in result.err) is (verdict == "too-long")


def test_a_source_that_is_too_long_is_reported_once(desk: Desk) -> None:
    """Its distribution is named; it is not counted among the skipped files too."""
    files = {
        "first.py": b"import ctypes\ndef load_first(name): return ctypes.CDLL(name)\n",
        "second.py": b"from first import load_first\ndef load_second(name): return load_first(name)\n",
        "huge.py": b"from first import load_first\nload_first('libmagic.so.1')\n# " + b"x" * (1 << 20),
    }
    install(desk.root / SITE.lstrip("/"), "huge", files=files)
    err = desk.run_lock().err
    assert "some sources are too large to search, and their needs are unknown: huge\n" in err
    assert "-v lists" not in err
    assert desk.run_lock("-v").err.count("/huge.py: ") == 1


def test_many_offers_are_counted(desk: Desk) -> None:
    """Eight distributions are named; -v names the others."""
    for each in "abcdefghij":
        install(desk.root / SITE.lstrip("/"), f"unsure-{each}", files={f"unsure_{each}.py": UNSURE})
    err = desk.run_lock().err
    assert err.count("not in the install line: unsure-") == 8
    assert "not in the install line: needs of 2 other distributions: -v lists them\n" in err
    assert desk.run_lock("-v").err.count("not in the install line: unsure-") == 10


def test_a_folder_of_programs_that_may_not_be_read(desk: Desk, monkeypatch: pytest.MonkeyPatch) -> None:
    """One error for a person."""
    install(desk.root / SITE.lstrip("/"), "unsure", files={"unsure.py": UNSURE})
    real = os.listdir

    def closed(folder: str) -> list[str]:
        if folder.endswith("/usr/bin"):
            raise PermissionError(errno.EACCES, "Permission denied", folder)
        return real(folder)

    monkeypatch.setattr("pip_sysdeps.system.root.os.listdir", closed)
    result = desk.run_lock()
    assert result.status == 2
    assert result.err.startswith("error: ")


EVIL = b"import ctypes\nctypes.CDLL('libz.so.1')\n" + b"a = b\n" * 9000 + b"ctypes.CDLL(a)\n" * 2000


def test_a_hostile_source_holds_up_nothing(desk: Desk) -> None:
    """A lock is written, and says which distribution was not searched; the others are."""
    install(desk.root / SITE.lstrip("/"), "evil", files={"evil.py": EVIL})
    install(desk.root / SITE.lstrip("/"), "opener", files={"opener.py": OPENS})
    done = desk.run_lock("-v")
    assert done.status == 0
    assert "evil.py" in done.err
    assert "take too long to search" in done.err
    assert 'name = "opener"' in desk.lock.read_text(encoding="utf-8")


@pytest.mark.filterwarnings("ignore:.*multi-threaded, use of fork:DeprecationWarning")  # as test_fork_worker.py
def test_a_parser_that_dies_ends_no_command(desk: Desk, monkeypatch: pytest.MonkeyPatch) -> None:
    """The process that parses may hit a limit or be killed: the distribution is not searched, and the lock says so."""
    install(desk.root / SITE.lstrip("/"), "opener", files={"opener.py": OPENS})
    monkeypatch.setattr("pip_sysdeps.byname.source_search._MARKS_TO_FORK", 0)
    assert desk.run_lock("-v").status == 0
    whole = desk.lock.read_text(encoding="utf-8")
    monkeypatch.setattr("pip_sysdeps.system.bounded_worker._set_limits", lambda: os.kill(os.getpid(), signal.SIGKILL))
    desk.lock.unlink()
    done = desk.run_lock("-v")
    assert done.status == 0
    assert "take too long to search" in done.err
    assert desk.lock.read_text(encoding="utf-8") != whole


def test_why_says_which_sources_have_no_name(desk: Desk) -> None:
    """With -v, for the distribution that is asked for: what it opens and runs by a computed name."""
    text = b"import ctypes, subprocess\nctypes.CDLL(pick())\ndef go(): subprocess.run([chosen(), 'x'])\n"
    install(desk.root / SITE.lstrip("/"), "opener", files={"opener.py": text})
    said = [
        f"{SITE}/opener.py: {does} by a name that is computed at run time, so it is unknown which\n"
        for does in ("opens a library", "runs a program")
    ]
    assert all(line in desk.run("why", "-v", "opener", "--root", str(desk.root), "--python", VENV).err for line in said)
    assert not any(line in desk.run("why", "opener", "--root", str(desk.root), "--python", VENV).err for line in said)


def test_a_distribution_with_libraries_opens_one_of_them(desk: Desk) -> None:
    """A computed name then says nothing of the system's libraries, but still of its programs."""
    text = b"import ctypes, subprocess\nctypes.CDLL(pick())\nsubprocess.run([chosen()])\n"
    files = {"opener/__init__.py": text, "opener/libown.so": Elf(soname="libown.so").build()}
    install(desk.root / SITE.lstrip("/"), "opener", files=files)
    err = desk.run_lock("-v").err
    assert "runs a program by a name that is computed at run time" in err
    assert "opens a library by" not in err


@pytest.mark.parametrize("source", [b"import ctypes\nctypes.CDLL(pick())\n", b"import ctypes\n# " + b"x" * (1 << 24)])
def test_why_does_not_claim_that_nothing_is_needed(desk: Desk, source: bytes) -> None:
    """Of a distribution that opens something by a computed name, or is too large to search: there may be needs."""
    install(desk.root / SITE.lstrip("/"), "opener", files={"opener.py": source})
    assert desk.run("why", "opener", "--root", str(desk.root), "--python", VENV).err == (
        "opener 1.0 is installed, and nothing is known that it needs: some sources use a name that is computed at run "
        "time, or are too large to search (-v lists them)\n"
    )


# --------------------------------------------------------------------------------------------------------- companions


def test_a_companion_of_a_library_that_is_opened(desk: Desk) -> None:
    """A library that does not start without data of another package has that in the line, and `why` says so."""
    install(desk.root / SITE.lstrip("/"), "words", files={"words.py": b"import ctypes\nctypes.CDLL('libmecab.so.2')\n"})
    assert desk.run_lock().status == 0
    assert desk.run_apt_line().out == "libmecab2 libpq5 mecab-ipadic-utf8\n"
    said = desk.run("why", "--root", str(desk.root), "--python", VENV, "mecab-ipadic-utf8")
    text = " ".join(said.out.replace("│", "").split())
    assert "knowledge about libmecab.so.2: MeCab does not start without a dictionary" in text


def test_a_companion_of_a_linked_library(desk: Desk) -> None:
    """An extension module that is linked to the library needs the same."""
    module = Elf(needed=("libmecab.so.2",), defined=("PyInit_words",)).build()
    install(desk.root / SITE.lstrip("/"), "words", files={"words.abi3.so": module})
    assert desk.run_lock().status == 0
    assert desk.run_apt_line().out == "libmecab2 libpq5 mecab-ipadic-utf8\n"


def test_a_companion_that_is_installed_as_a_distribution(desk: Desk) -> None:
    """Its package is not needed."""
    site = desk.root / SITE.lstrip("/")
    install(site, "words", files={"words.py": b"import ctypes\nctypes.CDLL('libmecab.so.2')\n"})
    install(site, "unidic-lite", files={"unidic_lite/__init__.py": b""})
    assert desk.run_lock().status == 0
    assert desk.run_apt_line().out == "libmecab2 libpq5\n"


@pytest.mark.parametrize(("name", "line"), [("signs-with-gpg", "gpg gpg-agent libpq5\n"), ("signs", "libpq5\n")])
def test_a_companion_of_a_program(desk: Desk, name: str, line: str) -> None:
    """It is in the line if the program is, and offered if the program is."""
    source = b"import subprocess\ndef sign():\n    subprocess.run(['gpg', '--list-keys'], check=True)\n"
    install(desk.root / SITE.lstrip("/"), name, files={"signs.py": source})
    assert desk.run_lock().status == 0
    assert desk.run_apt_line().out == line
    assert desk.run_apt_line("--when", "default,exec,declared").out == "gpg gpg-agent libpq5\n"


def test_a_companion_is_ignored_by_the_policy(desk: Desk, tmp_path: Path) -> None:
    """The project may have a reason: it names its own dictionary."""
    install(desk.root / SITE.lstrip("/"), "words", files={"words.py": b"import ctypes\nctypes.CDLL('libmecab.so.2')\n"})
    ignore = "ignore = [{ package = 'mecab-ipadic-utf8', reason = 'brings its own' }]\n"
    (tmp_path / "pyproject.toml").write_text(f"[tool.pip-sysdeps.distribution.words]\n{ignore}")
    assert desk.run_lock().status == 0
    assert desk.run_apt_line().out == "libmecab2 libpq5\n"


def test_a_companion_that_is_a_typelib(desk: Desk) -> None:
    """The library reads it, so it is in the line without PyGObject."""
    source = b"import ctypes\nctypes.CDLL('libgirepository-1.0.so.1')\n"
    install(desk.root / SITE.lstrip("/"), "objects", files={"objects.py": source})
    assert desk.run_lock().status == 0
    assert desk.run_apt_line().out == "gir1.2-glib-2.0 libgirepository-1.0-1 libpq5\n"
