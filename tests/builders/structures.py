"""Structured inputs for the fuzzer: files that keep a format's grammar, with its numbers and repetitions out of bounds.

Mutations of bytes rarely leave a format's outer form, and never write a thousand rows. Each generator here takes a
source of chance and returns one file of at most LONGEST bytes.
"""

from __future__ import annotations

import io
import json
import random
import tarfile
import zipfile
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from collections.abc import Callable

LONGEST = 64 << 10
"""Bytes of one input: enough for a quadratic search to show."""

PLAIN = ("a", "b", "lib", "libz.so.1", "psycopg2", "a.b", "a-b", "x1", "libc6", "python3")
ODD = (
    "x" * 300, "", " ", "\t", "-", "..", "/", "*", "?", "[", "{}", "é", "\ud800", "\0", "\x1b[31m", "::error::",
    "$ORIGIN", "%", "\\", '"', "'", "#", "=", ":", ";", ",", "|",
)  # fmt: skip
PLAIN_NUMBERS = ("0", "1", "12", "1.2.3", "1:2~rc1-3")
ODD_NUMBERS = ("-1", "9" * 20, "9" * 5000, "1e9", "0x10", "²", "")


class Chance(random.Random):
    """A source of chance, and how often it gives what is odd: a parser stops at the first fault of a file."""

    def __init__(self, seed: int) -> None:
        super().__init__(seed)
        self.odd = self.choice((0.0, 0.0, 0.001, 0.1, 0.5))

    def of(self, plain: tuple[str, ...], odd: tuple[str, ...]) -> str:
        """Return one of the plain texts, or now and then an odd one."""
        return self.choice(odd if self.random() < self.odd else plain)


def word(chance: Chance) -> str:
    """Return a short text: a name, a mark, or some of them together."""
    return "".join(chance.of(PLAIN, ODD) for _ in range(chance.choice((1, 1, 1, 2, 3))))


def number(chance: Chance) -> str:
    """Return what stands where a number is expected."""
    return chance.of(PLAIN_NUMBERS, ODD_NUMBERS)


def path(chance: Chance) -> str:
    """Return a path: absolute or not, with `..`, empty parts and patterns."""
    count = chance.choice((1, 2, 3, 3, 3, 40))
    return chance.choice(("", "/", "./", "../../")) + "/".join(word(chance) for _ in range(count))


def many(chance: Chance, one: Callable[[Chance], str], between: str = "\n", longest: int = LONGEST) -> str:
    """Return an element a few times, often the same one, and sometimes as often as the size allows."""
    count = chance.choice((0, 1, 2, 5, 50, 5000))
    if chance.random() < 0.3:
        each = one(chance) + between
        return (each * min(count, longest // len(each) + 1))[:longest]
    parts: list[str] = []
    size = 0
    while len(parts) < count and size < longest:
        parts.append(one(chance))
        size += len(parts[-1]) + len(between)
    return between.join(parts)


def few(chance: Chance, one: Callable[[Chance], str], between: str) -> str:
    """Return an element a few times; once in a hundred as often as the size allows."""
    return many(chance, one, between, LONGEST if chance.random() < 0.01 else 200)


def _fields(**usual: str) -> Callable[[Chance], str]:
    """Return a generator of stanzas with these fields, `_` for `-`, and what they usually say; LIST stands for a list.

    In odd files some fields are missing, there twice or folded, or say something else.
    """

    def field(chance: Chance, name: str) -> list[str]:
        odd = chance.random() < chance.odd
        value = few(chance, word, chance.choice((", ", " | ", " ", ",\n "))) or "a"
        text = chance.choice((value, number(chance))) if odd else usual[name].replace("LIST", value)
        return [f"{name.replace('_', '-')}: {text}"] * (chance.choice((0, 1, 2)) if odd else 1)

    def stanza(chance: Chance) -> str:
        return "".join(f"{line}\n" for name in usual for line in field(chance, name))

    return stanza


def record(chance: Chance) -> str:
    """Return a RECORD: rows of one to five columns, quoted or not."""

    def row(chance: Chance) -> str:
        columns = [path(chance), chance.choice(("", "sha256=x", word(chance))), number(chance), "x", "y"]
        text = ",".join(columns[: chance.choice((1, 2, 3, 3, 5))])
        return f'"{text}"' if chance.random() < 0.1 else text

    return many(chance, row)


def metadata(chance: Chance) -> str:
    """Return a METADATA, with many requirements, extras and markers."""
    head = _fields(Metadata_Version="2.1", Name="a", Version="1", Provides_Extra="b")(chance)
    marker = f" ; extra == '{word(chance)}'"

    def requirement(chance: Chance) -> str:
        return f"Requires-Dist: {word(chance)}[{word(chance)}] (>={number(chance)}){chance.choice(('', marker))}"

    requirements = many(chance, requirement)
    external = many(chance, lambda each: f"Requires-External: {word(each)}", longest=LONGEST // 4)
    return f"{head}{requirements}\n{external}\n\nbody"


def wheel_file(chance: Chance) -> str:
    """Return a WHEEL whose tags have many parts."""

    def tag(chance: Chance) -> str:
        return "Tag: " + "-".join(few(chance, word, ".") or "any" for _ in range(3))

    return f"Wheel-Version: {number(chance)}\n{many(chance, tag)}\n"


def entry_points(chance: Chance) -> str:
    """Return an entry_points.txt with repeated sections and odd references."""

    def entry(chance: Chance) -> str:
        return f"{word(chance)} = {word(chance)}:{word(chance)}{chance.choice(('', ' [x]'))}"

    def section(chance: Chance) -> str:
        name = chance.choice(("console_scripts", "gui_scripts", word(chance)))
        return f"[{name}]\n" + few(chance, entry, "\n")

    return many(chance, section)


def wheel(chance: Chance) -> bytes:
    """Return a wheel `a-1-py3-none-any.whl`, whose files in .dist-info are structured inputs, too."""
    tags = chance.choice(("Wheel-Version: 1.0\nRoot-Is-Purelib: true\nTag: py3-none-any\n", wheel_file(chance)))
    about = chance.choice(("Metadata-Version: 2.1\nName: a\nVersion: 1\n", metadata(chance)))
    files = {"METADATA": about, "WHEEL": tags, "entry_points.txt": entry_points(chance)}
    members = {f"a-1.dist-info/{name}": text for name, text in files.items() if chance.random() < 0.9}
    ends = [chance.choice(("", ".py", ".so")) for _ in range(chance.choice((0, 1, 50)))]
    members |= {_encodable(path(chance) + end): word(chance) for end in ends}
    rows = "".join(f"{name},,\n" for name in (*members, "a-1.dist-info/RECORD"))
    members["a-1.dist-info/RECORD"] = chance.choice((rows, rows, record(chance)))
    file = io.BytesIO()
    with zipfile.ZipFile(file, "w", zipfile.ZIP_DEFLATED) as archive:
        for name, text in members.items():
            archive.writestr(_member(name), _bytes(text))
    return file.getvalue()


def _member(name: str) -> zipfile.ZipInfo:
    """Return a member of the same time always."""
    member = zipfile.ZipInfo(name)
    member.compress_type = zipfile.ZIP_DEFLATED
    return member


def sdist(chance: Chance) -> bytes:
    """Return the tar of an sdist: long names, pax records, sparse members, sizes out of bounds."""
    blocks = bytearray()
    longest = chance.choice((1024, 8192, LONGEST))
    while len(blocks) < longest:
        odd = chance.random() < chance.odd
        kind = chance.choice((b"x", b"g", b"L", b"K", b"S", b"5", b"1") if odd else (b"0", b"0", b"x", b"L", b"5"))
        content = _bytes(_pax(chance) if kind in b"xg" else few(chance, path, "\0"))[: 1 << 14]
        member = tarfile.TarInfo(chance.choice(("a/pyproject.toml", "a/b", _encodable(path(chance))[:100])))
        member.type, member.size = kind, len(content)
        if odd and chance.random() < chance.odd:
            member.size = chance.choice((0, 1, 1 << 33, -512, len(content) * 2))
        blocks += member.tobuf(tarfile.GNU_FORMAT, errors="replace")
        blocks += content.ljust(-len(content) // 512 * -512, b"\0")
    return bytes(blocks[: LONGEST // 512 * 512])


def _pax(chance: Chance) -> str:
    """Return the records of a pax header: a length, a key and a value each."""

    def row(chance: Chance) -> str:
        sparse = [f"GNU.sparse.{name}" for name in ("map", "major", "minor", "numblocks", "size", "realsize")]
        key = chance.of(("comment", "ctime", "uname"), ("path", "size", word(chance), *sparse))
        text = f" {key}={chance.choice((word, number, path))(chance)}\n"[-97:]
        length = len(text.encode("utf-8", "surrogatepass")) + 2
        return f"{number(chance) if chance.random() < chance.odd else length}{text}"

    return few(chance, row, "")


def _encodable(name: str) -> str:
    """Return a name that zipfile can write."""
    return name.encode("utf-8", "replace").decode().partition("\0")[0] or "empty"


def loader_configuration(chance: Chance) -> str:
    """Return an ld.so.conf: folders, includes with patterns, hwcap lines."""

    def line(chance: Chance) -> str:
        return chance.choice(("", "include ", "hwcap 0 ")) + chance.choice((path(chance), "/d/*/*/*/x*", "/lib=libc6"))

    return many(chance, line)


def contents(chance: Chance) -> str:
    """Return a Contents index: rows of a path and many packages."""

    def row(chance: Chance) -> str:
        packages = few(chance, lambda each: f"{word(each)}/{word(each)}", ",")
        folder, space = chance.choice(("usr/lib/", "lib/", "")), chance.choice((" ", "   ", "\t"))
        return f"{folder}{path(chance)}{space}{packages}"

    return many(chance, row)


def direct_url(chance: Chance) -> str:
    """Return a direct_url.json: nested, repeated or of other types than expected."""

    def value(depth: int) -> object:
        kind = chance.randrange(7 if depth else 4)
        simple = (word(chance), 10 ** chance.randrange(400), None, "file:///" + path(chance))
        if kind < 4:
            return simple[kind]
        if kind == 4:
            return [value(depth - 1) for _ in range(chance.choice((0, 1, 50)))]
        keys = ("url", "dir_info", "editable", "vcs_info", "archive_info", "subdirectory", word(chance))
        return {key: value(depth - 1) for key in chance.sample(keys, 4)}

    return json.dumps({"url": value(1), "dir_info": value(2), "vcs_info": value(3)})


def os_release(chance: Chance) -> str:
    """Return an os-release with quotes, repeated keys and control characters."""

    def line(chance: Chance) -> str:
        key = chance.choice(("ID", "VERSION_ID", "VERSION_CODENAME", "ID_LIKE", word(chance)))
        mark = chance.choice(("", '"', "'"))
        return f"{key}={mark}{word(chance)}{number(chance)}{mark}"

    return many(chance, line)


def python(chance: Chance) -> str:
    """Return a source with many calls, parameters and branches that lead to what is opened or run."""
    calls = (
        "ctypes.CDLL({})", "ctypes.util.find_library({})", "subprocess.run([{}])", "shutil.which({})", "f({})",
        "open_it({}, a)", "self.cmd({})", "os.path.join({}, a)", "'%s' % {}", "f'lib{{{}}}.so'",
    )  # fmt: skip

    def expression(depth: int) -> str:
        if depth == 0 or chance.random() < 0.4:
            return chance.choice(("a", "b", "N", "'libz.so.1'", "'git'", "self.x", "NAMES[0]"))
        return chance.choice(calls).format(expression(depth - 1))

    def statement(chance: Chance) -> str:
        line = expression(chance.choice((1, 2, 3, 12)))
        form = chance.choice(("{0}", "x = {0}", "if a:\n  {0}\n else:\n  {0}", "try:\n  {0}\n except OSError:\n  {0}"))
        return " " + form.format(line)

    body = many(chance, statement) or " pass"
    head = "import ctypes, ctypes.util, os, shutil, subprocess\nN = 'liba.so'\nNAMES = ['a', N]\n"

    def function(chance: Chance) -> str:
        return f"def {chance.choice('fgh')}(a, b=N, *, self=None):\n{statement(chance)}\n return a"

    functions = many(chance, function, longest=LONGEST // 2)
    return f"{head}{functions}\ndef open_it(a, b=1):\n{body}\n" + many(chance, lambda _: expression(2))


def apk_records(chance: Chance) -> str:
    """Return apk's database or an index: stanzas of one-letter fields, with folders and files."""

    def line(chance: Chance) -> str:
        return f"{chance.choice('FRFRaZMDpior')}:{chance.choice((word, path, number))(chance)}"

    def stanza(chance: Chance) -> str:
        fields = few(chance, line, "\n") if chance.random() < chance.odd else f"D:{few(chance, word, ' ')}\nF:a\nR:b"
        return f"P:{word(chance)}\nV:{number(chance)}\nA:x86_64\n{fields}\n"

    return many(chance, stanza, longest=LONGEST - 1000) + "\n\n"


def rpm_manifest(chance: Chance) -> str:
    """Return rpm's manifest: rows of ten columns, or nearly."""

    def row(chance: Chance) -> str:
        columns = [word(chance), f"{number(chance)}-1", "0", "0", "v", "(none)", number(chance), "x86_64", "0", "a.src"]
        return "\t".join(columns[: 9 if chance.random() < chance.odd else 10])

    return many(chance, row) + "\n"


def rpm_repository(chance: Chance) -> str:
    """Return the XML of a repository, nested and repeated."""
    space = "http://linux.duke.edu/metadata/"
    root = chance.choice(("metadata", "filelists", "repomd", "metalink"))
    kind = {"metadata": "common", "repomd": "repo"}.get(root, root)
    default = "http://www.metalinker.org/" if root == "metalink" else f"{space}{kind}"

    def entry(chance: Chance) -> str:
        text = word(chance) if chance.random() < chance.odd else chance.choice(PLAIN)
        return chance.choice((
            f"<file>/{text}</file>",
            f'<rpm:entry name="{text}" ver="{chance.choice(PLAIN_NUMBERS)}"/>',
            f"<name>{text}</name><arch>x86_64</arch>",
            f'<data type="{text}"><location href="{text}"/></data>',
            f'<file name="repomd.xml"><hash type="{text}">{text}</hash><url preference="1">{text}</url></file>',
            "<a>" * 50 + "</a>" * 50,
        ))  # fmt: skip

    def package(chance: Chance) -> str:
        lists = f"<format><rpm:provides>{few(chance, entry, '')}</rpm:provides></format>"
        return f'<package type="rpm" pkgid="x"><name>a</name>{few(chance, entry, "")}{lists}</package>'

    return f'<{root} xmlns="{default}" xmlns:rpm="{space}rpm">{many(chance, package)}</{root}>'


STATUS = _fields(
    Package="a", Status="install ok installed", Version="1:2~b-3", Architecture="amd64", Multi_Arch="same",
    Depends="LIST", Pre_Depends="LIST", Provides="LIST", Installed_Size="1",
)  # fmt: skip
PACKAGES = _fields(
    Package="a", Version="1", Section="libs", Depends="LIST", Provides="LIST", Priority="required", Filename="pool/a"
)

GENERATORS: dict[str, Callable[[Chance], str | bytes]] = {
    "record": record,
    "metadata": lambda chance: chance.choice((metadata, wheel_file))(chance),
    "direct-url": direct_url,
    "ld-so-conf": loader_configuration,
    "dpkg-status": lambda chance: many(chance, STATUS),
    "packages": lambda chance: many(chance, PACKAGES),
    "relations": lambda chance: many(chance, word, chance.choice((", ", " | ", " (>= "))),
    "contents": contents,
    "os-release": os_release,
    "python": python,
    "sources": lambda chance: python(chance).replace("libz.so", "libfoobar.so"),
    "apk-database": apk_records,
    "wheel": wheel,
    "sdist": sdist,
    "rpm-manifest": rpm_manifest,
    "rpm-repository": rpm_repository,
}
"""By the name of the parser in `builders.parsers`."""


def structured(name: str, seed: int) -> bytes:
    """Return a structured input for a parser that has a generator; the same one for the same seed."""
    content = _bytes(GENERATORS[name](Chance(seed)))
    return content if content.startswith(b"PK") else content[:LONGEST]


def _bytes(text: str | bytes) -> bytes:
    return text if isinstance(text, bytes) else text.encode("utf-8", "surrogatepass")
