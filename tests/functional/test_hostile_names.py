"""Hostile names, from wherever they come, are shown escaped and never reach a shell, apt or the terminal."""

from __future__ import annotations

import json
import re
import shlex
import subprocess
from dataclasses import replace
from html.parser import HTMLParser
from typing import TYPE_CHECKING

import pytest
from markdown_it import MarkdownIt

from builders.elf import Elf
from builders.root import write
from builders.small_debian import LOCK, MODULE, SITE
from builders.small_fedora import PACKAGES as FEDORA
from builders.small_fedora import small_fedora, write_packages
from builders.system import VENV, write_library
from builders.venv import install
from pip_sysdeps.errors import MalformedLock
from pip_sysdeps.lock.text import loads
from pip_sysdeps.packages.debian.apt import AptIndex
from pip_sysdeps.packages.debian.archive import read_archive
from pip_sysdeps.packages.debian.install import FORMATS
from pip_sysdeps.packages.index_file import IndexTarget, dump_index
from pip_sysdeps.printing import printable

if TYPE_CHECKING:
    from collections.abc import Callable
    from pathlib import Path

    from builders.desk import Desk

HOSTILE = [
    "a;touch pwned",
    "$(touch pwned)",
    "`touch pwned`",
    "a\ntouch pwned",
    "a\rtouch pwned",
    "-oAPT::Update::Pre-Invoke::=touch",
    "--reinstall",
    "a b",
    "a'b",
    'a"b',
    "a\\",
    "a|touch pwned",
    "a&&touch pwned",
    "<script>alert(1)</script>",
    "[a](javascript:b)",
    "\x1b[31mred\x1b]0;title\x07",
    "\x9b31m",
    "a\u202egnp.b",
    "a\u2028b",
    "a\x00b",
    "\udcff",
    "libpq5-",
    "../../etc/passwd",
    "a*",
]
MARKUP = [
    "a``<b>b</b>``",
    "`a",
    "a|b``<b>c</b>",
    "&lt;b&gt;",
    "![a](https://b.test)",
    "https://a.test/b",
    "www.a.test",
    "@everybody",
    "{{a}}",
    "${{secrets.A}}",
    "<!--",
]
"""What a web page might take for more than text."""
LOG = [
    "::error::a",
    "a\n::warning file=b::c",
    "##[error]a",
    "##vso[task.setvariable variable=a]b",
    "##teamcity[buildStatus text='a']",
    "]]>",
    "</script>",
    "\u2066a\u2069",
    "a\x85b",
]
"""What the log of a CI system, or a document, might take for more than text."""
EVERY = HOSTILE + MARKUP + LOG
PAGE_ELEMENTS = {
    "html", "head", "meta", "link", "title", "style", "body", "script", "header", "main", "footer", "p", "h1",
    "h2", "ul", "li", "b", "strong", "span", "i", "a", "nav", "code", "data", "section", "div", "label",
    "input", "output", "details", "summary", "dl", "dt", "dd", "table", "thead", "tbody", "tr", "th", "td",
    "svg", "g", "rect", "text", "path"
}  # fmt: skip
"""What the HTML report is made of."""
NAMES = pytest.mark.parametrize("name", HOSTILE, ids=ascii)
PACKAGE = re.compile(r"[a-z0-9][a-z0-9+.-]*[a-z0-9+.](?::[a-z0-9-]+)?", re.ASCII)

RPM = re.compile(r"[A-Za-z0-9_][A-Za-z0-9._+-]*", re.ASCII)


def raw(name: str) -> bytes:
    """Return a name as the disk has it."""
    return name.encode("utf-8", "surrogateescape")


def in_metadata(root: Path) -> None:
    """Call distributions so."""
    for number, name in enumerate(EVERY):
        modules = {f"other{number}.cpython-311-x86_64-linux-gnu.so": Elf(needed=("libgone.so.1",)).build()}
        info = install(root / SITE[1:], f"other{number}", files=modules)
        write(info / "METADATA", b"Metadata-Version: 2.1\nName: " + raw(name) + b"\nVersion: " + raw(name) + b"\n")


def in_file_names(root: Path) -> None:
    """Call extension modules so, with a library that nobody has and one that somebody has."""
    folder = bytes(root) + SITE.encode()
    for name in EVERY:
        file = raw(name.replace("/", "_").replace("\0", "_"))
        with open(folder + b"/" + file + b".cpython-311-x86_64-linux-gnu.so", "wb") as module:
            module.write(Elf(needed=("libgone.so.1", "libpq.so.5")).build())


def in_sonames(root: Path) -> None:
    """Need libraries of these names."""
    needed = (*(name.replace("\0", "_") for name in EVERY), "libpq.so.5")
    write_library(root, f"{SITE}/{MODULE}", Elf(needed=needed, defined=("PyInit__psycopg",)))


def in_requirements(root: Path) -> None:
    """Make a distribution require these names, from the index and by URL, and have them in its summary."""
    lines = [f"{key}: {name}" for name in EVERY for key in ("Requires-Dist", "Requires-External", "Summary")]
    metadata = "Metadata-Version: 2.1\nName: psycopg2\nVersion: 2.9.9\n" + "\n".join(lines) + "\n"
    write(root / SITE[1:] / "psycopg2-2.9.9.dist-info/METADATA", raw(metadata))


def in_tags(root: Path) -> None:
    """Write a distribution with these names as wheel tags, programs and origin."""
    info = root / SITE[1:] / "psycopg2-2.9.9.dist-info"
    write(info / "WHEEL", raw("".join(f"Tag: {name}\n" for name in EVERY)))
    write(info / "entry_points.txt", raw("[console_scripts]\n" + "".join(f"{name} = a:b\n" for name in EVERY)))
    write(info / "direct_url.json", json.dumps({"url": "".join(EVERY), "vcs_info": {"vcs": "git", "commit_id": "a"}}))


def in_sboms(root: Path) -> None:
    """Write two SBOMs with components of these names, versions, licences and URLs."""
    components = [
        {"type": name, "bom-ref": name, "name": name, "version": name, "purl": f"pkg:deb/{name}", "group": name,
         "description": name, "licenses": [{"license": {"name": name}}]}
        for name in EVERY
    ]  # fmt: skip
    packages = [{"name": name, "versionInfo": name} for name in [*EVERY, "\ud800"]]
    info = root / SITE[1:] / "psycopg2-2.9.9.dist-info/sboms"
    edges = [{"ref": name, "dependsOn": EVERY} for name in EVERY]
    document = {"bomFormat": "CycloneDX", "components": components, "dependencies": edges}
    write(info / "a.json", json.dumps(document))
    write(info / "b.json", json.dumps({"spdxVersion": "SPDX-2.3", "packages": packages}))


def in_notes(root: Path) -> None:
    """Write dlopen notes that name these libraries and features."""
    rows = [
        {"soname": [name], "feature": name, "description": name, "priority": priority}
        for name in EVERY
        for priority in ("required", "recommended", name)
    ]
    module = Elf(needed=("libpq.so.5",), notes=(("FDO", 0x407C0C0A, json.dumps(rows).encode()),))
    write_library(root, f"{SITE}/{MODULE}", module)


def in_search_paths(root: Path) -> None:
    """Search folders of these names, and need symbol versions of these names."""
    texts = [name.replace("\0", "_") for name in EVERY]
    module = Elf(
        soname=texts[0],
        needed=("libpq.so.5", "libgone.so.1"),
        runpath=":".join(f"{start}{text}" for text in texts for start in ("/", "")),
        version_needs=(("libpq.so.5", tuple(texts)),),
    )
    write_library(root, f"{SITE}/{MODULE}", module)


def in_sources(root: Path) -> None:
    """Open libraries and run programs of these names."""
    lines = [f"    ctypes.CDLL({name!a})\n    subprocess.run([{name!a}])\n    open({name!a})\n" for name in EVERY]
    lines += [f"    ctypes.CDLL({f'lib{name}.so'!a})\n" for name in (*EVERY, "\\ud800", "\0", "`id`", "a'$(id)")]
    source = "import ctypes, subprocess\n\n\ndef a():\n" + "".join(lines)
    write(root / SITE[1:] / "psycopg2/__init__.py", source)


def in_a_policy(root: Path) -> None:
    """Write a policy with these reasons, distributions and plugins; all of it is printable."""
    texts = [json.dumps(name) for name in EVERY if name.isprintable()]
    entries = ", ".join(f'{{ soname = "libpq.so.5", reason = {text} }}' for text in texts)
    patterns = ", ".join(texts)
    table = f"[tool.pip-sysdeps.distribution.psycopg2]\nignore = [{entries}]\nplugins = [{patterns}]\n"
    others = "".join(f"[tool.pip-sysdeps.distribution.{text}]\nplugins = []\n" for text in texts)
    write(root.parent / "pyproject.toml", table + others)


def in_a_package(root: Path, name: str) -> None:
    """Make a package of this name own the library."""
    status = root / "var/lib/dpkg/status"
    status.write_bytes(status.read_bytes().replace(b"Package: libpq5\n", b"Package: " + raw(name) + b"\n"))
    lists = root / "var/lib/dpkg/info"
    content = (lists / "libpq5:amd64.list").read_bytes()
    (lists / "libpq5:amd64.list").unlink()
    if "/" not in name and "\0" not in name:
        with open(bytes(lists) + b"/" + raw(name) + b":amd64.list", "wb") as file:
            file.write(content)


def in_a_version(root: Path, name: str) -> None:
    """Return the package of the library this version."""
    status = root / "var/lib/dpkg/status"
    status.write_bytes(status.read_bytes().replace(b"Version: 15.10-0+deb12u1\n", b"Version: " + raw(name) + b"\n"))


def in_symbols(root: Path, name: str) -> None:
    """Write a symbols file with this dependency."""
    symbols = b"libpq.so.5 " + raw(name) + b" #MINVER#\n PQx@Base " + raw(name) + b"\n"
    write(root / "var/lib/dpkg/info/libpq5:amd64.symbols", symbols)
    module = Elf(needed=("libpq.so.5",), undefined=("PQx",), defined=("PyInit__psycopg",))
    write_library(root, f"{SITE}/{MODULE}", module)


def in_os_release(root: Path, name: str) -> None:
    """Call the release so."""
    codename = raw(shlex.quote(name.replace("\0", "_")))
    write(root / "etc/os-release", b"ID=debian\nVERSION_ID=12\nVERSION_CODENAME=" + codename + b"\n")


def shown(text: str) -> str:
    """Check that a text has only printable characters and newlines; return it."""
    assert all(line.isprintable() for line in text.split("\n")), ascii(text)
    return text


class Tags(HTMLParser):
    """Notes the elements of a page."""

    def __init__(self) -> None:
        super().__init__()
        self.seen: set[str] = set()

    def handle_starttag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        """Hear of one."""
        self.seen.add(f"{tag} {attrs}" if attrs else tag)


def hold_markdown(text: str) -> None:
    """Check with a real renderer that a Markdown report has only the elements of a report."""
    renderer = MarkdownIt("gfm-like", {"html": True})
    assert renderer.linkify is not None
    renderer.linkify.set({"fuzzy_link": False, "fuzzy_email": False})  # GitHub takes no `libpq.so` for a host either
    page, tags = renderer.render(shown(text)), Tags()
    tags.feed(page)
    assert tags.seen <= {"h2", "h3", "p", "code", "pre", "strong", "ul", "li", "code [('class', 'language-diff')]"} | {
        "table", "thead", "tbody", "tr", "th", "td"
    }  # fmt: skip
    assert "@everybody" not in re.sub("<code.*?</code>", "", page, flags=re.DOTALL), "GitHub would tell them"


def hold_graphs(dot: str, mermaid: str) -> None:
    """Check that every line is a node or an edge: no name ends its own string."""
    node = r'n[0-9]+ \[label="(?:[^"\\]|\\[\\"])*", shape=[a-z0-9]+\];|n[0-9]+ -> n[0-9]+;|rankdir=LR;'
    assert all(re.fullmatch(f"  (?:{node})", line) for line in shown(dot).splitlines()[1:-1])
    label = r'n[0-9]+(?:\(|\[\[|\[/|\[|\{\{)"(?:[^"#&;<>`\\$%@\[\]{}|]|#[0-9]+;)*"(?:\)|\]\]|/\]|\]|\}\})'
    assert all(re.fullmatch(f"  (?:{label}|n[0-9]+ --> n[0-9]+)", line) for line in shown(mermaid).splitlines()[1:])


def hold_page(page: str) -> None:
    """Check that an HTML report has only its own elements, its own script, and links inside the page."""
    tags = Tags()
    tags.feed(shown(page))
    assert {each.partition(" ")[0] for each in tags.seen} <= PAGE_ELEMENTS
    hrefs = re.findall(r'(?:href|src)="([^"]*)"', page)
    assert all(each == "data:," or re.fullmatch("#[a-z0-9]+", each) for each in hrefs)
    assert page.count("<script") == page.count("</script>") == 1
    assert not re.search(r"##[A-Za-z]*\[|^\s*::", page, re.MULTILINE)
    assert page.isascii()


WAYS = [
    in_metadata, in_file_names, in_sonames, in_requirements, in_tags, in_sboms, in_notes, in_search_paths, in_sources,
    in_a_policy,
]  # fmt: skip


def hold_log(text: str) -> None:
    """Check that a text neither steers a terminal nor gives a CI system a command."""
    for line in shown(text).splitlines():
        assert not re.match(r"\s*::.*::", line), line
        assert not re.search(r"##[A-Za-z]*\[", line), line


@pytest.mark.slow
@pytest.mark.parametrize("way", WAYS, ids=lambda way: way.__name__)
def test_from_an_environment_to_every_output(desk: Desk, way: Callable[[Path], None]) -> None:
    """No name controls a terminal, breaks a document, or reaches apt's arguments."""
    way(desk.root)
    place = ("--root", str(desk.root), "--python", VENV)
    assert desk.run_lock("-v").status == 0
    old = str(write(desk.lock.with_name("old.lock"), LOCK))
    lock = ("--lock", str(desk.lock))
    commands = (
        ["lock", "-v", "-o", str(desk.lock)], ["lock", "--check", "-o", old], ["audit", "--all"], ["tree"],
        ["diff", "--environment", old], ["why", "libpq.so.5"], ["why", "libgone.so.1"], ["why", "psycopg2"],
        ["verify", *lock], ["verify", "--lockless"],
    )  # fmt: skip
    for command in commands:
        outcome = desk.run(*command, *place)
        assert outcome.status in {0, 1}, outcome
        hold_log(outcome.out + outcome.err)
    hold_log(desk.run("lock", "--validate", "-o", str(desk.lock)).err)
    for report in (["audit", "--all"], ["diff", "--environment", old]):
        outcome = desk.run(*report, "--format", "markdown", *place)
        hold_log(outcome.out)
        hold_markdown(outcome.out)
    hold_graphs(desk.run("tree", "--format", "dot", *place).out, desk.run("tree", "--format", "mermaid", *place).out)
    hold_page(desk.run("audit", "--format", "html", *place).out)
    for document in (
        ["audit", "--json"],
        ["audit", "--format", "sarif"],
        ["tree", "--json"],
        ["why", "libpq.so.5", "--json"],
        ["diff", "--environment", "--json", old],
        ["export", "--format=cyclonedx"],
        ["export", "--format=spdx"],
    ):
        outcome = desk.run(*document, *place)
        assert outcome.status in {0, 1}, outcome
        hold_log(outcome.out + outcome.err)
        json.loads(outcome.out)
    shown(desk.lock.read_text())
    hold_apt_line(desk)


@pytest.mark.slow
@pytest.mark.parametrize("way", [in_a_package, in_a_version, in_symbols, in_os_release], ids=lambda way: way.__name__)
@NAMES
def test_from_a_system_to_the_lock(desk: Desk, way: Callable[[Path, str], None], name: str) -> None:
    """Hostile values in dpkg's database and os-release are refused, or have no effect."""
    way(desk.root, name)
    shown(desk.run_lock("-v").err)
    if desk.lock.exists():
        shown(desk.lock.read_text())
        assert name.strip("\0") not in desk.run_apt_line().out or name == "libpq5-"


@pytest.mark.slow
@pytest.mark.parametrize("field", ["name", "version", "release", "source", "provides", "requires", "files"])
def test_from_rpms_database_to_the_lock(desk: Desk, tmp_path: Path, field: str) -> None:
    """The owner of a library has such a name or such fields, as with dpkg."""
    root = small_fedora(tmp_path / "fedora")
    libpq = next(each for each in FEDORA if each.name == "libpq")
    for text in EVERY:
        name = text.replace("\0", "_").encode("utf-8", "replace").decode()
        value = (f"/usr/lib64/{name}", *libpq.files) if field == "files" else (*getattr(libpq, field), name)
        changed = replace(libpq, **{field: name if isinstance(getattr(libpq, field), str) else value})  # type: ignore[arg-type]
        write_packages(root, *(changed if each is libpq else each for each in FEDORA))
        desk.lock.unlink(missing_ok=True)
        hold_log(desk.run("lock", "-v", "--root", str(root), "--python", VENV, "-o", str(desk.lock)).err)
        hold_log(desk.lock.read_text() if desk.lock.exists() else "")
        for form in ("names", "lines", "dockerfile") if desk.lock.exists() else ():
            outcome = desk.run(
                "install-line", "--lock", str(desk.lock), "--target", "fedora-42-x86_64", "--format", form
            )
            hold_log(outcome.out + outcome.err)
            assert form == "dockerfile" or all(RPM.fullmatch(line) for line in outcome.out.splitlines())


@NAMES
def test_from_an_index(desk: Desk, name: str) -> None:
    """Whoever made it: only names that Debian Policy allows are answers, and words of the apt-get line of `verify`."""
    target, words = "debian-bookworm-amd64", re.sub(r"[\s:,]", "_", printable(name))
    index = dump_index(
        [IndexTarget(id=target, date=printable(name))],
        {"library": [{"libgone.so.1": words, "libgone.so.2": "libgone2"}], "program": [{"gone": words}]},
    )
    write(desk.lock.parent / "cache" / "pip-sysdeps" / "index" / f"{target}.index", index)
    write_library(desk.root, f"{SITE}/{MODULE}", Elf(needed=("libgone.so.1", "libgone.so.2")))
    verified = desk.run("verify", "--lockless", "--root", str(desk.root), "--python", VENV)
    line = "apt-get install -y --no-install-recommends -o APT::Cmd::Pattern-Only=true libgone2"
    assert verified.out.splitlines()[-1] == line
    for command in (["list"], ["show", target], ["show", target, "libgone.so.1", "gone", f"x{words}"]):
        outcome = desk.run("index", *command)
        shown(outcome.out + outcome.err)
        json.loads(shown(desk.run("index", *command, "--json").out))
    assert "libgone.so.1: no binary package has it\ngone: no binary package contains it, but " in outcome.out


@pytest.mark.parametrize("name", ["a;touch${IFS}pwned;#", "-oAPT=x", "libpq5-"])
def test_from_an_archive_to_an_index(tmp_path: Path, name: str) -> None:
    """Names that Debian Policy does not allow are left out."""
    stanza = "Package: {}\nVersion: 1\nSection: libs\nPriority: required\n\n"
    packages = write(tmp_path / "Packages", stanza.format(name) + stanza.format("libb1"))
    rows = f"usr/lib/liba.so.1 libs/{name}\nusr/lib/libb.so.1 libs/{name},libs/libb1\n"
    contents = write(tmp_path / "Contents", rows)
    index = AptIndex(
        kind="Packages", path=str(packages), codename="", suite="", origin="Debian", date="", version="", automatic=True
    )
    tables = read_archive((index, replace(index, kind="Contents", path=str(contents))), "amd64", {}, frozenset()).tables
    assert (tables["library"], tables["base"]) == ({"libb.so.1": "libb1"}, {"libb1": "="})


def hold_apt_line(desk: Desk) -> None:
    """Check that every format has only package names, and the Dockerfile's instruction what a shell makes of it."""
    target = next(line.split('"')[1] for line in desk.lock.read_text().splitlines() if line.startswith("id = "))
    for form in FORMATS:
        outcome = desk.run("apt-line", "--lock", str(desk.lock), "--target", target, "--format", form)
        assert outcome.status == 0
        shown(outcome.out)
        if form in {"names", "lines"}:
            assert all(PACKAGE.fullmatch(word) for word in outcome.out.split())
        if form == "dockerfile" and outcome.out:
            hold_instruction(desk, outcome.out)


def hold_instruction(desk: Desk, instruction: str) -> None:
    """Run what follows RUN with an apt-get that notes its arguments: each is one of ours, and nothing else is run."""
    fake = write(desk.lock.parent / "bin" / "apt-get", '#!/bin/sh\nprintf "%s\\n" "$@" >> "$NOTED"\n')
    fake.chmod(0o755)
    write(desk.lock.parent / "bin" / "rm", "#!/bin/sh\n").chmod(0o755)
    noted = desk.lock.parent / "noted"
    environment = {"PATH": f"{fake.parent}:/usr/bin:/bin", "NOTED": str(noted)}
    script = instruction.removeprefix("RUN ").replace("\\\n", " ")
    subprocess.run(["sh", "-c", script], env=environment, cwd=desk.lock.parent, check=True)
    words = [word for word in noted.read_text().split("\n") if word != "APT::Cmd::Pattern-Only=true"]
    assert [word for word in words if word and not word.startswith("-") and not PACKAGE.fullmatch(word)] == []
    assert {word for word in words if word.startswith("-")} <= {"-y", "--no-install-recommends", "-o"}
    assert not (desk.lock.parent / "pwned").exists()
    noted.unlink()


@pytest.mark.parametrize("key", ["name", "package", "min", "soname", "id", "distro", "by"])
@NAMES
def test_from_a_lock(desk: Desk, key: str, name: str) -> None:
    """A lock is refused whose package, version or target would reach apt; other text is only ever shown escaped."""
    array = 'installs = [\n    "libpq5",\n]\n'
    text = LOCK.replace(array, f'{array}package = [\n    {{ name = "libpq5", min = "10" }},\n]\n')
    old = {
        "name": 'name = "libpq5"',
        "package": 'package = "libpq5"',
        "min": 'min = "10"',
        "soname": 'soname = "libpq.so.5"',
        "id": 'id = "debian-bookworm-amd64"',
        "distro": 'distro = "debian"',
        "by": f'by = ["{MODULE}"]',
    }[key]
    value = json.dumps(name.encode("utf-8", "replace").decode()).replace("\\u001b", "\\u001B")
    new = f"{key} = [{value}]" if key == "by" else f"{key} = {value}"
    assert old in text
    desk.lock.write_text(text.replace(old, new, 1), encoding="utf-8")
    for form in FORMATS:
        outcome = desk.run_apt_line("--format", form)
        shown(outcome.out + outcome.err)
        assert outcome.out in {"", *(desk_line(form))} or "libpq5" in outcome.out
        if key in {"name", "package"} or (key in {"min", "id", "distro"} and name != "libpq5-"):
            assert (outcome.status, outcome.out) == (2, "")


FREE = ('version = "2.9.9"', 'soname = "libpq.so.5"')
"""Where a lock may have almost any text, of what a diff shows."""


@pytest.mark.parametrize("name", HOSTILE + MARKUP, ids=ascii)
def test_from_a_lock_to_a_diff(desk: Desk, name: str) -> None:
    """Valid text of a lock is no markup in a comment, and cannot control a terminal."""
    text = LOCK
    for line in FREE:
        key = line.partition(" = ")[0]
        changed = text.replace(line, f"{key} = {json.dumps(name.encode('utf-8', 'replace').decode())}")
        text = changed if is_lock(changed) else text
    desk.lock.write_text(text)
    argv = ["diff", str(write(desk.lock.with_name("old.lock"), LOCK)), str(desk.lock)]
    shown(desk.run(*argv).out)
    hold_markdown(desk.run(*argv, "--format", "markdown").out)
    outcome = desk.run(*argv, "--json")
    assert outcome.status == int(text != LOCK)
    json.loads(shown(outcome.out))


def is_lock(text: str) -> bool:
    """Return whether a text may be read as a lock."""
    try:
        loads(text)
    except MalformedLock:
        return False
    return True


def desk_line(form: str) -> tuple[str, ...]:
    """Return what a format says where there is nothing to install."""
    return (FORMATS[form](()),)
