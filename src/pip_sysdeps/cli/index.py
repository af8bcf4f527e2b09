# ruff: noqa: PLC0415 - heavy imports stand inside the action that needs them
"""`index`: write, list and print soname indices."""

from __future__ import annotations

from typing import TYPE_CHECKING

from pip_sysdeps.cli import output
from pip_sysdeps.cli.parser import add_action
from pip_sysdeps.printing import printable

if TYPE_CHECKING:
    import argparse
    from collections.abc import Iterable

    from pip_sysdeps.cli.messages import Messages
    from pip_sysdeps.cli.parser import Parser
    from pip_sysdeps.packages.index import IndexAnswer, SonameIndex


def add_arguments(parser: Parser) -> None:
    """Declare the actions and their options."""
    parser.epilog = "Exit status: 0; 2 error."
    actions = parser.add_subparsers(dest="action", required=True, metavar="ACTION")
    update = add_action(actions, "update", "make an index from the configured package sources")
    update.add_argument(
        "--suite",
        metavar="SUITE",
        action="append",
        default=[],
        help="another release of the configured archives, such as `trixie` (default: the root's); may be repeated",
    )
    update.add_argument(
        "--architecture",
        metavar="ARCH",
        action="append",
        default=[],
        help="an architecture, as the package manager calls it (default: the root's); may be repeated",
    )
    update.add_argument(
        "--root", metavar="DIR", default="/", help="an unpacked image or chroot whose package sources are used"
    )
    update.add_argument(
        "--shared",
        action="store_true",
        help="with --root: let every project use the index, not only roots with the same package sources",
    )
    update.set_defaults(act=_update)
    listing = add_action(actions, "list", "list the indices")
    listing.add_argument("--json", action="store_true", help="print a JSON document")
    listing.set_defaults(act=_list)
    show = add_action(actions, "show", "print an index, or the packages of sonames and programs")
    show.add_argument("target", metavar="TARGET", help="a target id, as in `index list` and in the lock")
    show.add_argument("names", nargs="*", default=[], metavar="NAME", help="a soname or a program")
    show.add_argument("--root", metavar="DIR", default="/", help="use the index that `lock --root DIR` would use")
    show.add_argument("--json", action="store_true", help="print a JSON document")
    show.set_defaults(act=_show)


def run(args: argparse.Namespace) -> int:
    """Run the chosen action; return the exit status."""
    args.act(args)
    return 0


def _update(args: argparse.Namespace) -> None:
    from pip_sysdeps.byname.read_knowledge import known_files
    from pip_sysdeps.packages.family import IndexRequest
    from pip_sysdeps.packages.index import require_writable_folder
    from pip_sysdeps.packages.platform import read_system
    from pip_sysdeps.packages.registry import sources_of
    from pip_sysdeps.system.root import Root

    messages: Messages = args.messages
    root = Root(args.root)
    platform = read_system(root)
    sources = sources_of(root, platform.distro)
    require_writable_folder()
    pairs = [(suite, architecture) for suite in args.suite or [""] for architecture in args.architecture or [""]]
    for suite, architecture in pairs:
        request = IndexRequest(
            distro=platform.distro,
            codename=platform.codename or platform.release,
            suite=suite,
            architecture=architecture or platform.architecture,
            shared=args.shared,
        )
        made = sources.update(root, request, known_files())
        for complaint in made.complaints:
            messages.warning(complaint)
        messages.note(f"wrote the index of {made.target.id}, archive of {made.target.date}: `{made.path}`")


def _list(args: argparse.Namespace) -> None:
    from pip_sysdeps.packages.index import index_files, read_index, root_index_files

    rows = [
        {"target": target.id, "date": target.date, "path": path, "used": is_root_only, "root_only": is_root_only}
        for is_root_only, paths in ((False, index_files()), (True, root_index_files()))
        for path in paths
        if (index := read_index(path)) is not None
        for target in index.targets
    ]
    last = {str(row["target"]): row for row in rows if not row["root_only"]}
    for row in last.values():
        row["used"] = True
    if args.json:
        _print_json({"indices": rows})
        return
    width = max((len(str(row["target"])) for row in rows), default=0)
    for row in rows:
        note = "" if row["used"] else "  (not used: there is a newer one)"
        note = "  (only for roots with the same package sources)" if row["root_only"] else note
        _print_line(f"{row['target']:{width}}  {row['date']}  {row['path']}{note}")


def _show(args: argparse.Namespace) -> None:
    from pip_sysdeps.packages.index import no_index_error, open_index
    from pip_sysdeps.system.root import Root

    index = open_index(args.target, Root(args.root))
    if index is None:
        raise no_index_error(args.target)
    if args.names:
        answers = {name: _answer(index, name) for name in args.names}
        _print_json({"target": args.target, "names": answers}) if args.json else _print_answers(answers)
        return
    facts: dict[str, object] = {"target": index.target.id, "date": index.target.date}
    facts |= {"release": index.target.release, "glibc": index.target.glibc, "python": index.target.python}
    facts |= {**index.counts(), "base": sorted(index.base)}
    if args.json:
        _print_json(facts)
        return
    for name, value in facts.items():
        _print_line(f"{name}: {' '.join(value) if isinstance(value, list) else value}")


def _answer(index: SonameIndex, name: str) -> dict[str, object] | None:
    """Return the packages of a soname, or of a program, as plain values; None if it has none."""
    found: IndexAnswer | None = index.package_of(name) or index.package_of_program(name)
    if found is None:
        return None
    return {"package": found.package, "alternatives": list(found.alternatives), "development": found.is_development}


def _print_answers(answers: dict[str, dict[str, object] | None]) -> None:
    for name, found in answers.items():
        _print_line(f"{name}: {_words_of(name, found)}")


def _words_of(name: str, found: dict[str, object] | None) -> str:
    """Return the words for an answer: its package, or why there is none."""
    if found is None and ".so" in name:
        return "no binary package has it"
    if found is None:
        return "no binary package contains it, but one may create it when it is installed (update-alternatives)"
    alternatives = ", ".join(_words(found["alternatives"]))
    if not found["package"]:
        return f"{alternatives} have it: none of them is the default"
    also = f" (also {alternatives})" if alternatives else ""
    return f"{found['package']}{also}{', a development package' if found['development'] else ''}"


def _words(value: object) -> Iterable[str]:
    return map(str, value) if isinstance(value, list) else ()


def _print_json(document: dict[str, object]) -> None:
    from pip_sysdeps.render.document import as_document

    output.write_document(as_document({"schema": 1, **document}))


def _print_line(line: str) -> None:
    output.write(f"{printable(line)}\n")
