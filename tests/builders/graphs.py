"""Random graphs of shared objects, the same for the same seed, with everything that has fooled a loader's imitation.

Chains, diamonds and cycles; DT_RPATH and DT_RUNPATH on all levels, with tokens, empty and relative elements; several
files of one DT_SONAME, needed names that are none; symbolic and hard links; files for other machines, broken files and
texts in the way; LD_LIBRARY_PATH, DF_1_NODEFLIB, needs with a slash; glibc-hwcaps folders; a cache; a library that
calls dlopen.
"""

from __future__ import annotations

import re
from dataclasses import replace
from random import Random
from typing import TYPE_CHECKING, Any

from builders.world import World

if TYPE_CHECKING:
    from collections.abc import Sequence

    from builders.world import Spec

_LIBC_FOLDER = "/lib/x86_64-linux-gnu"
_FOLDERS = (
    "/app",
    "/app/lib",
    "/opt/a",
    "/opt/a/lib",
    "/opt/b",
    "/opt/lib/x86_64-linux-gnu",
    "/w",
    "/w/rel",
    "/usr/local/lib",
    "/usr/lib",
    "/usr/lib/x86_64-linux-gnu",
)
_CPU_FOLDERS = ("/cpu-haswell", "/cpu-xeon_phi", "/cpu-x86_64")
"""What /cpu-$PLATFORM may be."""
_SUBFOLDERS = ("glibc-hwcaps/best", "glibc-hwcaps/good")
_OPENER = "/judge/libopens.so"
_LIBC = f"{_LIBC_FOLDER}/libc.so.6"
_LIBRARIES_THAT_OPEN: tuple[dict[str, str], ...] = (
    {},
    {"rpath": "/opt/a:$ORIGIN/../w"},
    {"runpath": "/opt/b:$ORIGIN/../app/lib"},
)
"""Few: each is built with gcc, once."""
_MERGED = ("/lib", _LIBC_FOLDER)
"""Of their own, or the same as those in /usr."""
_ELEMENTS = (
    "$ORIGIN",
    "$ORIGIN",
    "${ORIGIN}/lib",
    "$ORIGIN/../lib",
    "$ORIGIN/..",
    "/opt/$LIB",
    "/opt/${LIB}",
    "/cpu-$PLATFORM",
    "/cpu-${PLATFORM}/lib",
    "/opt/$FOO",
    "$ORIGINAL",
    "",
    "rel",
    ".",
    "/none",
    "/opt/a/",
    "//opt/b",
    "/opt/a/../b",
    "/link",
    "/app/prog",
)
_NAMES = (
    "liba.so.1",
    "libb.so.2",
    "libc1.so",
    "libd.so.10",
    "libe-2.so",
    "libf.so.9",
    "libg1.so.2",
    "libg.so.1",
    "h.so",
)
_PASSED_OVER = ("i386", "cut i386", "aarch64", "cut aarch64", "s390x")
_FATAL = (
    "other os abi",
    "other abi version",
    "big-endian",
    "text",
    "half a header",
    "header only",
    "empty",
    "relocatable",
    "executable",
    "pie",
    "no dynamic section",
)


def graph(seed: int) -> World:
    """Return the graph of a seed."""
    return _Graph(Random(seed)).world()  # noqa: S311 - the same for the same seed is what we want


def below(world: World, folder: str, seed: int) -> tuple[World, tuple[str, ...]]:
    """Return a graph's libraries below a folder of this machine, and what a Python process shall do with them.

    They need less, and some search paths lead everywhere: a dlopen that fails at its first need shows little.
    """
    random = Random(seed)  # noqa: S311 - as for the graph

    def moved(path: str) -> str:
        return folder + path if path.startswith("/") else path

    def moved_all(text: str) -> str:
        return re.sub("[^:;]+", lambda element: moved(element[0]), text)

    def library(path: str, spec: Spec) -> dict[str, Any]:
        more = random.choice(["", everywhere])
        kept = ("rpath", "runpath") if random.random() < 0.3 else ("rpath",)
        paths = {name: moved_all(spec.get(name, "") + more) for name in kept if more or name in spec}
        module = path.rpartition("/")[2].partition(".")[0]
        needed = [moved(name) for name in spec["needed"] if name in present][: random.choice([0, 1, 1, 2])]
        rest = {name: value for name, value in spec.items() if name != "runpath"}
        return {**rest, **paths, "needed": needed, "defined": [f"PyInit_{module.replace('-', '_')}"]}

    libraries = {path: spec for path, spec in world.objects.items() if not {"opens", "system", "program"} & spec.keys()}
    links = {path: target for path, target in world.links.items() if target != "/app/prog"}
    everywhere = "".join(f":{place}" for place in sorted({path.rpartition("/")[0] for path in libraries}))
    present = {path.rpartition("/")[2] for path in (*libraries, *links)} | {"libnone.so"}
    names = [*libraries, *(path for path in links if ".so" in path), *_NAMES]
    chosen = random.sample(names, min(8, len(names)))
    ways = ("dlopen", "global", "import")
    actions = [f"{random.choice(ways if '/' in name else ways[:2])}:{moved(name)}" for name in chosen]
    return replace(
        world,
        objects={moved(path): library(path, spec) for path, spec in libraries.items()},
        links={moved(path): moved(target) for path, target in links.items()},
        hard_links={moved(path): moved(first) for path, first in world.hard_links.items() if first in libraries},
        texts={},
        folders=tuple(map(moved, world.folders)),
        library_path=None if world.library_path is None else moved_all(world.library_path),
        folder=moved(world.folder),
    ), tuple(actions)


class _Graph:
    """One graph while it is drawn."""

    def __init__(self, random: Random) -> None:
        self.random = random
        self.merged = random.random() < 0.3
        self.folders = _FOLDERS if self.merged else (*_FOLDERS, *_MERGED)
        self.names = random.sample(_NAMES, random.randint(2, len(_NAMES)))
        self.places = random.sample(self.folders, random.randint(2, 7))
        """Where the libraries lie."""
        self.ldconfig = random.random() < 0.5
        # Of two files of one soname for different machines in one folder ldconfig takes what readdir(3) gives first.
        self.passed_over = _PASSED_OVER[2:] if self.ldconfig else _PASSED_OVER
        # And it takes no notice of EI_DATA: it would read a file that nothing but our patch makes.
        self.unusable = [kind for kind in _FATAL if kind != "big-endian" or not self.ldconfig]
        self.fatal = random.random() < 0.15
        self.subfolders = tuple(random.sample(_SUBFOLDERS, random.choice([0, 0, 0, 0, 1, 2])))
        self.opens = random.random() < 0.25
        self.objects: dict[str, dict[str, Any]] = {}
        self.links: dict[str, str] = {}
        self.hard_links: dict[str, str] = {}
        self.texts: dict[str, str] = {}

    def world(self) -> World:
        random = self.random
        program, named = "/app/prog", "/app/prog"
        self.links["/link"] = random.choice(["opt/a", "/opt/b", "w", "nowhere"])
        if self.merged:
            self.links["/lib"] = "usr/lib"
        self.links |= dict.fromkeys(_CPU_FOLDERS, random.choice(["opt/a", "/w", "nowhere"]))
        if random.random() < 0.2 and not self.subfolders:  # for those the loader is run as a program, with this as path
            named = random.choice(["/venv/bin/prog", "/opt/prog"])
            self.links[named] = program
        for name in self.names:
            for place in random.sample(self.places, min(len(self.places), random.choice([1, 1, 2, 3]))):
                self.library(name, place)
        for _ in range(random.choice([0, 0, 1, 2, 3])):
            self.link()
        if self.ldconfig:
            self.configuration()
        self.objects[program] = {"program": True, **self.object(at_least=0 if self.opens else 1)}
        if self.opens:
            self.opener(self.objects[program])
        return World(
            objects=self.objects,
            links=self.links,
            hard_links=self.hard_links,
            texts=self.texts,
            folders=self.folders,
            program=named,
            library_path=self.library_path(),
            folder=random.choice(["/", "/w", "/opt/a"]),
            ldconfig=self.ldconfig,
            subfolders=self.subfolders,
            dlopen=tuple([self.need() for _ in range(random.randint(2, 5))]) if self.opens else (),
            caller=_OPENER if self.opens else "",
        )

    def opener(self, program: dict[str, Any]) -> None:
        """Make the program need a library that calls dlopen, and few others: a missing one ends it at its start."""
        program["needed"] = [*program["needed"][: self.random.choice([0, 0, 1, 2])], _OPENER]
        self.objects[_OPENER] = {"opens": True, "calls": True, "needed": ["libc.so.6"]}
        self.objects[_OPENER] |= self.random.choice(_LIBRARIES_THAT_OPEN)
        self.objects[_LIBC] = {"system": "libc", "soname": "libc.so.6", "needed": ["ld-linux-x86-64.so.2"]}

    def library(self, name: str, place: str) -> None:
        random = self.random
        spec = self.object()
        kind = random.random()
        if kind < 0.08:
            spec["kind"] = random.choice(self.passed_over)
        elif kind < 0.18 and self.fatal:
            spec["kind"] = random.choice(self.unusable)
        elif kind < 0.2:
            spec["kind"] = "gnu os abi"
        soname = random.random()
        if soname < 0.6:
            spec["soname"] = name
        elif soname < 0.85:
            spec["soname"] = random.choice([*self.names, name.rpartition(".")[0], f"{name}.0", "libother.so"])
        file = name if random.random() < 0.85 else f"{name}.{random.choice(['2', '10', '9.1'])}"
        if self.subfolders and random.random() < 0.2:
            place = f"{place}/{random.choice(_SUBFOLDERS)}"
        self.objects[f"{place}/{file}"] = spec

    def object(self, at_least: int = 0) -> dict[str, Any]:
        random = self.random
        spec: dict[str, Any] = {"needed": [self.need() for _ in range(random.randint(at_least, 3))]}
        paths = random.random()
        if paths < 0.45:
            spec["rpath"] = self.search_path()
        if 0.35 < paths < 0.75:
            spec["runpath"] = self.search_path()
        if random.random() < 0.08:
            spec["nodeflib"] = True
        return spec

    def need(self) -> str:
        random = self.random
        kind = random.random()
        if kind < 0.88:
            return random.choice(self.names)
        name = random.choice(self.names)
        forms = (
            f"{random.choice(self.places)}/{name}",
            f"$ORIGIN/{name}",
            f"${{ORIGIN}}/lib/{name}",
            f"rel/{name}",
            f"/opt/$LIB/{name}",
            "libnone.so",
            "libother.so",
            "ld-linux-x86-64.so.2",
            f"{name}.0",
            f"/link/{name}",
        )
        return random.choice(forms)

    def search_path(self) -> str:
        random = self.random
        count = random.choice([0, 1, 1, 2, 2, 3, 4])
        return ":".join(random.choice([*_ELEMENTS, *self.places, *self.places, *self.places]) for _ in range(count))

    def library_path(self) -> str | None:
        random = self.random
        if random.random() < 0.6:
            return None
        text = self.search_path()
        return text.replace(":", random.choice(":;"))

    def link(self) -> None:
        """Add a second name for a library, or a link that leads nowhere or in a circle."""
        random = self.random
        target = random.choice(list(self.objects))
        folder = random.choice([target.rpartition("/")[0], *self.places])
        path = f"{folder}/{random.choice(self.names)}"
        if path in {**self.objects, **self.links, **self.hard_links}:
            return
        match random.choice(["link", "link", "hard link", "nowhere", "relative"]):
            case "link":
                self.links[path] = target
            case "hard link":
                self.hard_links[path] = target
            case "nowhere":
                self.links[path] = random.choice(["/none/libx.so", "nothing.so"])
            case _:
                up = "../" * folder.count("/")
                self.links[path] = f"{up}{target[1:]}"

    def configuration(self) -> None:
        """Write an ld.so.conf, one time in two with a file that it includes."""
        random = self.random
        lines = [f"{folder}{random.choice(['', '', '/', ' # why'])}" for folder in self.some(self.places)]
        if random.random() < 0.5:
            lines.insert(random.randint(0, len(lines)), "include /etc/ld.so.conf.d/*.conf")
            self.texts["/etc/ld.so.conf.d/x.conf"] = "".join(f"{folder}\n" for folder in self.some(self.folders))
        self.texts["/etc/ld.so.conf"] = "\n".join([*lines, ""])

    def some(self, folders: Sequence[str]) -> list[str]:
        return self.random.sample(folders, self.random.randint(0, min(3, len(folders))))
