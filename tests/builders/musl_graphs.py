"""Random graphs of shared objects for musl's loader, the same for the same seed.

Chains, diamonds and cycles; DT_RPATH and DT_RUNPATH on all levels, with `$ORIGIN` and other tokens, empty and relative
elements and newlines; several files of one name, symbolic and hard links, links that lead in circles; files that are
none, folders in the way, objects that define what only libc defines; LD_LIBRARY_PATH, path files, reserved names, needs
with a slash; dlopen.
"""

from __future__ import annotations

from random import Random
from typing import TYPE_CHECKING, Any

from builders.world import World

if TYPE_CHECKING:
    from collections.abc import Sequence

_FOLDERS = (
    "/app",
    "/app/lib",
    "/opt/a",
    "/opt/a/lib",
    "/opt/b",
    "/w",
    "/w/rel",
    "/usr/local/lib",
    "/usr/lib",
    "/lib",
    "/",
)
_ELEMENTS = (
    "$ORIGIN",
    "$ORIGIN",
    "${ORIGIN}/lib",
    "$ORIGIN/../lib",
    "$ORIGIN/..",
    "$ORIGIN/$ORIGIN",
    "",
    "rel",
    ".",
    "/none",
    "/opt/a/",
    "//opt/b",
    "/opt/a/../b",
    "/link",
    "/circle",
    "/app/prog",
    "/",
)
_RARE = ("$ORIGINAL", "$LIB", "/opt/$PLATFORM", "${ORIGIN", "$", "/" + "x" * 250 + "/" + "y" * 240, "/" + "z" * 300)
_NAMES = ("liba.so.1", "libb.so.2", "libc1.so", "libd.so.10", "libe-2.so", "libf.so.9", "libg.so.1", "h.so", "libmm.so")
_RESERVED = ("libc.so", "libc.so.6", "libm.so.6", "libpthread.so.0", "libc.musl-x86_64.so.1", "librt.so.1", "libxnet.x")
_UNUSABLE = (
    "text",
    "half a header",
    "header only",
    "empty",
    "relocatable",
    "no dynamic section",
    "i386",
    "cut i386",
    "s390x",
)
_ODD = ("other os abi", "gnu os abi", "other abi version", "executable", "pie")
"""Kinds that musl takes."""
_LIBC_SYMBOLS = ("__libc_start_main", "stdin")
_PATH_FILE = "/etc/ld-musl-x86_64.path"
_INTERPRETERS = ("/lib/ld-musl-x86_64.so.1", "/opt/musl/lib/ld-musl-x86_64.so.1", "/ld-musl-x86_64.so.1")


def musl_graph(seed: int) -> World:
    """Return the graph of a seed."""
    return _Graph(Random(seed)).world()  # noqa: S311 - the same for the same seed is what we want


class _Graph:
    """One graph while it is drawn."""

    def __init__(self, random: Random) -> None:
        self.random = random
        self.names = random.sample(_NAMES, random.randint(2, len(_NAMES)))
        self.places = random.sample(_FOLDERS, random.randint(2, 7))
        """Where the libraries lie."""
        self.unusable = random.random() < 0.2
        self.odd_paths = random.random() < 0.2
        self.interpreter = _INTERPRETERS[0] if random.random() < 0.9 else random.choice(_INTERPRETERS)
        self.opens = random.random() < 0.5
        self.objects: dict[str, dict[str, Any]] = {}
        self.links: dict[str, str] = {}
        self.hard_links: dict[str, str] = {}
        self.texts: dict[str, str] = {}
        self.folders = list(_FOLDERS)

    def world(self) -> World:
        random = self.random
        program, named = "/app/prog", "/app/prog"
        self.links["/link"] = random.choice(["opt/a", "/opt/b", "w", "nowhere"])
        self.links["/circle"] = "circle"
        if random.random() < 0.2:
            named = random.choice(["/venv/bin/prog", "/opt/prog"])
            self.links[named] = program
        for name in self.names:
            for place in random.sample(self.places, min(len(self.places), random.choice([1, 1, 2, 3]))):
                self.library(name, place)
        for _ in range(random.choice([0, 0, 1, 2, 3])):
            self.link()
        if random.random() < 0.1:
            self.in_the_way()
        self.path_file()
        interpreter = {} if self.interpreter == _INTERPRETERS[0] else {"interpreter": self.interpreter}
        self.objects[program] = {"program": True, **interpreter, **self.object()}
        if self.opens:
            self.objects[program]["needed"] = self.objects[program]["needed"][:1]
        return World(
            objects=self.objects,
            links=self.links,
            hard_links=self.hard_links,
            texts=self.texts,
            folders=tuple(self.folders),
            program=named,
            library_path=self.search_path() if random.random() < 0.4 else None,
            folder=random.choice(["/", "/w", "/opt/a"]),
            dlopen=tuple([self.need() for _ in range(random.randint(2, 7))]) if self.opens else (),
        )

    def library(self, name: str, place: str) -> None:
        random = self.random
        spec = self.object()
        kind = random.random()
        if kind < 0.1 and self.unusable:
            spec["kind"] = random.choice(_UNUSABLE)
        elif kind < 0.14:
            spec["kind"] = random.choice(_ODD)
        elif kind < 0.17:
            spec["defined"] = list(random.choice([_LIBC_SYMBOLS, _LIBC_SYMBOLS, _LIBC_SYMBOLS[:1], _LIBC_SYMBOLS[1:]]))
        if random.random() < 0.7:
            spec["soname"] = random.choice([name, name, *self.names])
        file = name if random.random() < 0.85 else f"{name}.{random.choice(['2', '10'])}"
        self.objects[f"{place.rstrip('/')}/{file}"] = spec

    def object(self) -> dict[str, Any]:
        random = self.random
        spec: dict[str, Any] = {"needed": [self.need() for _ in range(random.randint(0, 3))]}
        paths = random.random()
        if paths < 0.45:
            spec["rpath"] = self.search_path()
        if 0.35 < paths < 0.75:
            spec["runpath"] = self.search_path()
        return spec

    def need(self) -> str:
        random = self.random
        name = random.choice(self.names)
        if random.random() < 0.85:
            return name
        forms = (
            f"{random.choice(self.places).rstrip('/')}/{name}",
            f"{random.choice(self.places).rstrip('/')}/{name}",
            f"$ORIGIN/{name}",
            f"rel/{name}",
            f"./{name}",
            f"/link/{name}",
            f"/circle/{name}",
            f"{name}.2",
            "libnone.so",
            "linux-gate.so.1",
            "/app/prog",
            "prog",
            "ld-musl-x86_64.so.1",
            self.interpreter,
            f"libc.so/{name}",
            "n" * random.choice([255, 256]),
            random.choice(_RESERVED),
            random.choice(_RESERVED),
        )
        return random.choice(forms)

    def search_path(self) -> str:
        random = self.random
        elements = [*_ELEMENTS, *self.places, *self.places, *self.places, *self.places]
        count = random.choice([0, 1, 1, 2, 2, 3, 4])
        chosen = [random.choice(elements) for _ in range(count)]
        if self.odd_paths and random.random() < 0.4:
            chosen.insert(random.randint(0, count), random.choice(_RARE))
        return random.choice("::::::\n;").join(chosen) if random.random() < 0.9 else ":".join(["", *chosen, ""])

    def link(self) -> None:
        """Add a second name for a library, or a link that leads nowhere or in a circle."""
        random = self.random
        target = random.choice(list(self.objects))
        folder = random.choice([target.rpartition("/")[0], *self.places]).rstrip("/")
        path = f"{folder}/{random.choice(self.names)}"
        if path in {**self.objects, **self.links, **self.hard_links}:
            return
        match random.choice(["link", "link", "link", "hard link", "hard link", "nowhere", "circle", "relative"]):
            case "link":
                self.links[path] = target
            case "hard link":
                self.hard_links[path] = target
            case "nowhere":
                self.links[path] = random.choice(["/none/libx.so", "nothing.so", "/app/prog/libx.so"])
            case "circle":
                self.links[path] = path
            case _:
                up = "../" * folder.count("/")
                self.links[path] = f"{up}{target[1:]}"

    def in_the_way(self) -> None:
        """Make a folder with the name of a library."""
        path = f"{self.random.choice(self.places).rstrip('/')}/{self.random.choice(self.names)}"
        if path not in {**self.objects, **self.links, **self.hard_links}:
            self.folders.append(path)

    def path_file(self) -> None:
        """Write a path file one time in two: a good one, an empty one, or a folder of its name."""
        random = self.random
        path = self.interpreter.rpartition("/")[0].rpartition("/")[0] + _PATH_FILE
        kind = random.random()
        if kind < 0.4:
            lines = [random.choice([*self.places, "/lib", "", "/circle", "rel"]) for _ in range(random.randint(0, 4))]
            self.texts[random.choice([path, path, _PATH_FILE])] = random.choice("\n\n:").join([*lines, ""])
        elif kind < 0.45:
            self.folders.append(path)
        elif kind < 0.48:
            self.links[path] = random.choice(["nothing", _PATH_FILE])

    def some(self, folders: Sequence[str]) -> list[str]:
        return self.random.sample(folders, self.random.randint(0, min(3, len(folders))))
