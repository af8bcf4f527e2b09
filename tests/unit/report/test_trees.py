"""Needs and evidence as trees, down to the text."""

from __future__ import annotations

import json

import pytest

from builders.facts import distribution, found, load, not_found, scan_of, way
from builders.locked import locked, target
from builders.locked import need as locked_need
from pip_sysdeps.lock.document import LockedFile, LockedNeed, LockedPackage, Unresolved
from pip_sysdeps.model.loader import SearchStep, Tried
from pip_sysdeps.model.needs import (
    DistributionNeeds,
    FromDistribution,
    FromHost,
    FromPackage,
    Missing,
    Need,
    Provider,
    Unowned,
    Unreachable,
    When,
)
from pip_sysdeps.model.packages import Floor
from pip_sysdeps.render.json import tree_document
from pip_sysdeps.render.terminal import Terminal
from pip_sysdeps.render.tree import as_text
from pip_sysdeps.report.trees import (
    evidence_tree,
    locked_needs_tree,
    locked_packages_tree,
    locked_tree,
    needs_tree,
    packages_tree,
)
from pip_sysdeps.report.why import LockedChain, why

MODULE, LIBRARY = "/env/site/m.abi3.so", "/env/site/one.libs/liba.so"
WAYS = {"one": way("app", "one"), "two": way("app", "two")}
TERMINAL = Terminal(width=80)


def need(soname: str, provider: Provider, by: str = MODULE) -> Need:
    """Return an import need."""
    return Need(soname=soname, when=When.IMPORT, by=(by,), provider=provider)


PQ = need("libpq.so.5", FromPackage(package="libpq5", path="/lib/libpq.so.5"), LIBRARY)
SCAN = scan_of(
    DistributionNeeds(distribution=distribution("app"), needs=(), vendored=(), glibc=""),
    DistributionNeeds(
        distribution=distribution("one", MODULE, LIBRARY),
        needs=(need("libGL.so.1", Missing(note="no package has it")), PQ),
        vendored=(),
        glibc="",
    ),
    DistributionNeeds(
        distribution=distribution("two", "/env/site/two.abi3.so"),
        needs=(need("libpq.so.5", FromPackage(package="libpq5", path=""), "/env/site/two.abi3.so"),),
        vendored=(),
        glibc="",
    ),
    loads=(
        load(
            When.IMPORT,
            {
                MODULE: (
                    found(LIBRARY, step=SearchStep.RUNPATH),
                    not_found(
                        "libGL.so.1",
                        Tried(step=SearchStep.CACHE, path="", reason="no entry"),
                        Tried(step=SearchStep.DEFAULT, path="/lib/libGL.so.1", reason="no such file"),
                    ),
                ),
                LIBRARY: (found("/lib/libpq.so.5"),),
            },
        ),
    ),
)
SCAN = SCAN._replace(floors={"libpq5": Floor(version="10~~", symbol="PQopen@Base", file=LIBRARY)})


def test_needs() -> None:
    """The tree leads from requested distributions to packages; a common beginning of two paths is shown once."""
    assert (
        as_text(needs_tree(SCAN, WAYS), TERMINAL)
        == """\
app 1.0
├── one 1.0
│   ├── m.abi3.so
│   │   └── libGL.so.1: import
│   │       └── missing: no package has it
│   └── one.libs/liba.so
│       └── libpq.so.5: import
│           └── libpq5
└── two 1.0
    └── two.abi3.so
        └── libpq.so.5: import
            └── libpq5 (not installed here)
"""
    )


def test_the_file_of_an_import_stands_for_a_need() -> None:
    """It is shown even if a plugin comes first by name."""
    two = PQ._replace(by=("/env/site/a_plugin.so", LIBRARY))
    scan = SCAN._replace(distributions=(SCAN.distributions[1]._replace(needs=(two,)),))
    assert (
        as_text(needs_tree(scan, {"one": way("one")}), TERMINAL)
        == """\
one 1.0
└── one.libs/liba.so
    └── libpq.so.5: import
        └── libpq5
"""
    )


def test_packages() -> None:
    """The tree leads from packages to requested distributions."""
    assert (
        as_text(packages_tree(SCAN, WAYS), TERMINAL)
        == """\
missing: no package has it
└── libGL.so.1: import
    └── m.abi3.so
        └── one 1.0
            └── app 1.0
libpq5
└── libpq.so.5: import
    ├── one.libs/liba.so
    │   └── one 1.0
    │       └── app 1.0
    └── two.abi3.so
        └── two 1.0
            └── app 1.0
"""
    )


def test_evidence() -> None:
    """Each hop says how the next file was found; what is missing has all that was tried, in order."""
    chains = why(SCAN, "one", WAYS)
    assert (
        as_text(evidence_tree(chains, SCAN, {"libpq5": "15.1"}), TERMINAL)
        == """\
app 1.0 (not required by any installed distribution)
└── one 1.0 (required as one)
    └── m.abi3.so
        ├── libGL.so.1: not found; searched in this order
        │   ├── ld.so.cache: no entry
        │   ├── /lib/libGL.so.1: no such file (default directory)
        │   └── missing: no package has it
        └── one.libs/liba.so, by DT_RUNPATH
            └── libpq.so.5: /lib/libpq.so.5, by ld.so.cache
                └── libpq5 15.1
                    └── >= 10~~ for PQopen@Base, by one.libs/liba.so
"""
    )


def test_every_answer_has_words() -> None:
    """Who brings a library, in the words of each kind."""
    providers: dict[str, Provider] = {
        "a": FromDistribution(distribution="other", path="/env/site/x.so", by_loader=False),
        "b": FromDistribution(distribution="", path="/env/lib/x.so", by_loader=True),
        "c": FromHost(note="comes with the NVIDIA driver"),
        "d": Unowned(path="/usr/local/lib/libx.so"),
        "e": Unreachable(distribution="tbb", path="/env/lib/libtbb.so.12"),
    }
    needs = tuple(need(soname, provider) for soname, provider in providers.items())
    scan = scan_of(DistributionNeeds(distribution=distribution("one", MODULE), needs=needs, vendored=(), glibc=""))
    lines = as_text(needs_tree(scan, {"one": way("one")}), Terminal(width=150)).splitlines()
    assert [line.partition("└── ")[2] for line in lines[3::2]] == [
        "other: x.so, if that distribution is imported first",
        "a file that no RECORD lists: /env/lib/x.so, found by the loader",
        "the host: comes with the NVIDIA driver",
        "no package: /usr/local/lib/libx.so must be copied",
        "unreachable: tbb has /env/lib/libtbb.so.12, where the loader does not search; add /env/lib to `library-path`",
    ]


def test_names_cannot_control_the_terminal() -> None:
    """Escape sequences of a file name are shown, in text and in JSON."""
    hostile = "/env/site/\x1b[31m.so"
    scan = scan_of(
        DistributionNeeds(
            distribution=distribution("one", hostile), needs=(need("l", Missing(), hostile),), vendored=(), glibc=""
        )
    )
    tree = needs_tree(scan, {"one": way("one")})
    assert "\x1b" not in as_text(tree, TERMINAL)
    assert (
        json.loads(tree_document(tree, target="t", source="environment"))["tree"][0]["children"][0]["name"]
        == "\\x1b[31m.so"
    )


def test_json() -> None:
    """A document with its schema's version."""
    document = json.loads(
        tree_document(needs_tree(SCAN, {"one": way("one"), "two": way("two")}), target="t", source="environment")
    )
    assert document["schema"] == 1
    assert document["tree"][1] == {
        "kind": "distribution",
        "name": "two",
        "detail": "1.0",
        "children": [
            {
                "kind": "file",
                "name": "two.abi3.so",
                "detail": "",
                "children": [
                    {
                        "kind": "soname",
                        "name": "libpq.so.5",
                        "detail": "import",
                        "children": [
                            {"kind": "package", "name": "libpq5", "detail": "(not installed here)", "children": []}
                        ],
                    }
                ],
            }
        ],
    }


@pytest.mark.parametrize(
    ("thing", "kind"), [({"program": "dot"}, "program"), ({"file": "/usr/share/fonts/a.ttf"}, "needed-file")]
)
def test_programs_and_files_have_kinds_of_their_own(thing: dict[str, str], kind: str) -> None:
    """A program and a file have kinds of their own, and stand on one line with who brings them."""
    provider = FromPackage(package="graphviz", path="/usr/share/graphviz")
    asked = Need(**thing, when=When.EXEC, by=("/env/site/m.py",), provider=provider)  # type: ignore[arg-type] # a name
    holder = distribution("one", "/env/site/m.py")
    scan = scan_of(DistributionNeeds(distribution=holder, needs=(asked,), vendored=(), glibc=""))
    (node,) = needs_tree(scan, {"one": way("one")})
    (file,) = node.children.values()
    (needed,) = file.children.values()
    assert needed.label.kind == kind
    assert as_text([node], TERMINAL, folded=True).endswith(f"{asked.name}: exec → graphviz\n")


LOCKED_PQ = locked_need("libpq.so.5", "libpq5", by=("m.so", "n.so"), by_more=2)
LOCKED = target(
    locked(
        "one",
        LOCKED_PQ,
        locked_need("liba.so.1", class_="unowned", path="/opt/liba.so.1"),
        locked_need("libb.so.1", class_="distribution", distribution="two"),
        locked_need("libc.so.1", capability="so:libc.so.1", when="plugin", plugin="*/p.so"),
        locked_need("libd.so.1", class_="host", note="driver"),
    ),
    unattributed=(LockedFile(file="x/a.so", needs=(LockedNeed(program="gs", package="gs", when="exec"),)),),
    unresolved=(
        Unresolved(soname="libe.so.1", when="import", distribution="one", by=("m.so",), note="no package has it"),
        Unresolved(file="/etc/f", when="declared", distribution="one"),
    ),
    package=(LockedPackage(name="libpq5", min="10"), LockedPackage(name="gs")),
)


def test_needs_of_a_lock() -> None:
    """By distribution, or by file without one; each need with what the lock knows of its answer."""
    assert (
        as_text(locked_needs_tree(LOCKED), TERMINAL)
        == """\
one 1.0
├── /etc/f: declared
│   └── missing: nothing has it
├── liba.so.1: import
│   └── unowned: /opt/liba.so.1
├── libb.so.1: import
│   └── distribution: two
├── libc.so.1: chosen plugin: */p.so
│   └── so:libc.so.1
├── libd.so.1: import
│   └── host: driver
├── m.so
│   └── libe.so.1: import
│       └── missing: no package has it
└── m.so, n.so, and 2 more
    └── libpq.so.5: import
        └── libpq5 >= 10
x/a.so
└── gs: exec
    └── gs
"""
    )


def test_packages_of_a_lock() -> None:
    """The tree of a lock leads from packages to distributions."""
    assert (
        as_text(locked_packages_tree(LOCKED), TERMINAL)
        == """\
missing: nothing has it
└── /etc/f: declared
    └── one 1.0
missing: no package has it
└── libe.so.1: import
    └── m.so
        └── one 1.0
distribution: two
└── libb.so.1: import
    └── one 1.0
host: driver
└── libd.so.1: import
    └── one 1.0
unowned: /opt/liba.so.1
└── liba.so.1: import
    └── one 1.0
gs
└── gs: exec
    └── x/a.so
libpq5 >= 10
└── libpq.so.5: import
    └── m.so, n.so, and 2 more
        └── one 1.0
so:libc.so.1
└── libc.so.1: chosen plugin: */p.so
    └── one 1.0
"""
    )


def test_a_chain_of_a_lock() -> None:
    """`why` returns the chain of a lock."""
    package = LOCKED.package[0]
    chain = LockedChain(holder="one", distribution=LOCKED.distribution[0], need=LOCKED_PQ, package=package)
    assert as_text(locked_tree([chain]), TERMINAL).splitlines() == [
        "one 1.0",
        "└── m.so, n.so, and 2 more",
        "    └── libpq.so.5: import",
        "        └── libpq5 >= 10",
    ]
