"""Structured inputs for the fuzzer: files that keep a format's grammar, with its numbers and repetitions out of bounds.

Mutations of bytes rarely leave a format's outer form, and never write a thousand rows. Each generator here takes a
source of chance and returns one file of at most LONGEST bytes.
"""

from __future__ import annotations

import json
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    import random
    from collections.abc import Callable

LONGEST = 64 << 10
"""Bytes of one input: enough for a quadratic search to show."""

WORDS = (
    *(
        "a",
        "b",
        "lib",
        "libz.so.1",
        "psycopg2",
        "x" * 300,
        "",
        " ",
        "\t",
        "-",
        "..",
        "/",
        "*",
        "?",
        "[",
        "{}",
        "a.b",
        "é",
    ),
    *("\ud800", "\0", "\x1b[31m", "::error::", "$ORIGIN", "%", "\\", '"', "'", "#", "=", ":", ";", ",", "|"),
)
NUMBERS = ("0", "1", "-1", "9" * 20, "9" * 5000, "1e9", "0x10", "1.2.3", "1:2~rc1-3", "²")


def word(chance: random.Random) -> str:
    """Return a short text: a name, a mark, or some of them together."""
    return "".join(chance.choice(WORDS) for _ in range(chance.choice((1, 1, 1, 2, 3))))


def number(chance: random.Random) -> str:
    """Return what stands where a number is expected."""
    return chance.choice(NUMBERS)


def path(chance: random.Random) -> str:
    """Return a path: absolute or not, with `..`, empty parts and patterns."""
    return chance.choice(("", "/", "./", "../../")) + "/".join(
        word(chance) for _ in range(chance.choice((1, 2, 3, 40)))
    )


def many(chance: random.Random, one: Callable[[random.Random], str], between: str = "\n") -> str:
    """Return an element a few times, often the same one, and sometimes as often as the size allows."""
    count = chance.choice((0, 1, 2, 5, 50, 2000))
    if chance.random() < 0.5:
        return between.join([one(chance)] * count)
    return between.join(one(chance) for _ in range(count))


def _fields(*names: str) -> Callable[[random.Random], str]:
    """Return a generator of stanzas with these fields, some of them twice or folded."""

    def stanza(chance: random.Random) -> str:
        lines = []
        for name in names:
            for _ in range(chance.choice((0, 1, 1, 1, 2))):
                value = many(chance, word, chance.choice((", ", " | ", " ", "\n ")))
                lines.append(f"{name}:{chance.choice((' ', ''))}{chance.choice((value, number(chance)))}")
        return "\n".join(lines) + "\n"

    return stanza


def record(chance: random.Random) -> str:
    """Return a RECORD: rows of one to five columns, quoted or not."""

    def row(chance: random.Random) -> str:
        columns = [path(chance), chance.choice(("", "sha256=x", word(chance))), number(chance), "x", "y"]
        text = ",".join(columns[: chance.choice((1, 2, 3, 3, 5))])
        return f'"{text}"' if chance.random() < 0.1 else text

    return many(chance, row)


def metadata(chance: random.Random) -> str:
    """Return a METADATA, with many requirements, extras and markers."""
    head = _fields("Metadata-Version", "Name", "Version", "Provides-Extra")(chance)
    extra = f" ; extra == '{word(chance)}'"

    def requirement(chance: random.Random) -> str:
        return f"Requires-Dist: {word(chance)}[{word(chance)}] (>={number(chance)}){chance.choice(('', extra))}"

    return (
        head + many(chance, requirement) + "\n" + many(chance, lambda c: f"Requires-External: {word(c)}") + "\n\nbody"
    )


def wheel(chance: random.Random) -> str:
    """Return a WHEEL whose tags have many parts."""

    def tag(chance: random.Random) -> str:
        return "Tag: " + "-".join(many(chance, word, ".") for _ in range(3))

    return f"Wheel-Version: {number(chance)}\n{many(chance, tag)}\n"


def entry_points(chance: random.Random) -> str:
    """Return an entry_points.txt with repeated sections and odd references."""

    def section(chance: random.Random) -> str:
        name = chance.choice(("console_scripts", "gui_scripts", word(chance)))
        return f"[{name}]\n" + many(chance, lambda c: f"{word(c)} = {word(c)}:{word(c)} [{word(c)}]")

    return many(chance, section)


def loader_configuration(chance: random.Random) -> str:
    """Return an ld.so.conf: folders, includes with patterns, hwcap lines."""

    def line(chance: random.Random) -> str:
        return chance.choice(("", "include ", "hwcap 0 ")) + chance.choice((path(chance), "/d/*/*/*/x*", "/lib=libc6"))

    return many(chance, line)


def contents(chance: random.Random) -> str:
    """Return a Contents index: rows of a path and many packages."""

    def row(chance: random.Random) -> str:
        packages = many(chance, lambda c: f"{word(c)}/{word(c)}", ",")
        return f"{chance.choice(('usr/lib/', 'lib/', ''))}{path(chance)}{chance.choice((' ', '   ', chr(9)))}{packages}"

    return many(chance, row)


def direct_url(chance: random.Random) -> str:
    """Return a direct_url.json: nested, repeated or of other types than expected."""

    def value(depth: int) -> object:
        kind = chance.randrange(7 if depth else 4)
        simple = (word(chance), 10 ** chance.randrange(400), None, "file:///" + path(chance))
        if kind < 4:
            return simple[kind]
        if kind == 4:
            return [value(depth - 1) for _ in range(chance.choice((0, 1, 200)))]
        keys = ("url", "dir_info", "editable", "vcs_info", "archive_info", "subdirectory", word(chance))
        return {key: value(depth - 1) for key in chance.sample(keys, 4)}

    return json.dumps({"url": value(1), "dir_info": value(2), "vcs_info": value(3)})


def os_release(chance: random.Random) -> str:
    """Return an os-release with quotes, repeated keys and control characters."""

    def line(chance: random.Random) -> str:
        key = chance.choice(("ID", "VERSION_ID", "VERSION_CODENAME", "ID_LIKE", word(chance)))
        mark = chance.choice(("", '"', "'"))
        return f"{key}={mark}{word(chance)}{number(chance)}{mark}"

    return many(chance, line)


def python(chance: random.Random) -> str:
    """Return a source with many calls, parameters and branches that lead to what is opened or run."""
    calls = (
        "ctypes.CDLL({})", "ctypes.util.find_library({})", "subprocess.run([{}])", "shutil.which({})", "f({})",
        "open_it({}, a)", "self.cmd({})", "os.path.join({}, a)", "'%s' % {}", "f'lib{{{}}}.so'",
    )  # fmt: skip

    def expression(depth: int) -> str:
        if depth == 0 or chance.random() < 0.4:
            return chance.choice(("a", "b", "N", "'libz.so.1'", "'git'", "self.x", "NAMES[0]"))
        return chance.choice(calls).format(expression(depth - 1))

    def statement(chance: random.Random) -> str:
        line = expression(chance.choice((1, 2, 3, 12)))
        form = chance.choice(("{0}", "x = {0}", "if a:\n  {0}\n else:\n  {0}", "try:\n  {0}\n except OSError:\n  {0}"))
        return " " + form.format(line)

    body = many(chance, statement) or " pass"
    head = "import ctypes, ctypes.util, os, shutil, subprocess\nN = 'liba.so'\nNAMES = ['a', N]\n"
    functions = many(chance, lambda c: f"def {c.choice('fgh')}(a, b=N, *, self=None):\n{statement(c)}\n return a")
    return f"{head}{functions}\ndef open_it(a, b=1):\n{body}\n" + many(chance, lambda _: expression(2))


STATUS = _fields(
    "Package", "Status", "Version", "Architecture", "Multi-Arch", "Depends", "Pre-Depends", "Provides", "Installed-Size"
)

GENERATORS: dict[str, Callable[[random.Random], str]] = {
    "record": record,
    "metadata": lambda chance: chance.choice((metadata, wheel))(chance),
    "direct-url": direct_url,
    "ld-so-conf": loader_configuration,
    "dpkg-status": lambda chance: many(chance, STATUS),
    "packages": lambda chance: many(
        chance, _fields("Package", "Section", "Depends", "Provides", "Version", "Priority")
    ),
    "relations": lambda chance: many(chance, word, chance.choice((", ", " | ", " (>= "))),
    "contents": contents,
    "os-release": os_release,
    "python": python,
    "sources": python,
}
"""By the name of the parser in `builders.parsers`."""


def structured(name: str, chance: random.Random) -> bytes:
    """Return a structured input for a parser that has a generator."""
    return GENERATORS[name](chance).encode("utf-8", "surrogatepass")[:LONGEST]
