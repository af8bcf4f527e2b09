"""`install-line`: print the system packages to install, from the lock and os-release only.

The commands of `packages.line_commands` are the same for targets of one package manager.
"""

from __future__ import annotations

from argparse import ArgumentTypeError
from typing import TYPE_CHECKING

from pip_sysdeps.cli import output
from pip_sysdeps.errors import SysdepsError
from pip_sysdeps.lock.document import WHENS
from pip_sysdeps.lock.file import DEFAULT, read_lock
from pip_sysdeps.lock.selection import packages_to_install, unowned_needs
from pip_sysdeps.lock.target_choice import named_target, target_of_system
from pip_sysdeps.packages.line_commands import LINE_COMMANDS
from pip_sysdeps.packages.registry import families, family_of_distribution, with_installer_of
from pip_sysdeps.words import format_list

if TYPE_CHECKING:
    import argparse
    from collections.abc import Sequence

    from pip_sysdeps.lock.document import Lockfile, Target
    from pip_sysdeps.lock.selection import PackageToInstall
    from pip_sysdeps.system.root import Root


def add_arguments(parser: argparse.ArgumentParser) -> None:
    """Declare the options."""
    printed = [*families(LINE_COMMANDS.get(parser.prog.rpartition(" ")[2], ""))]
    parser.add_argument("--lock", metavar="FILE", default=DEFAULT, help="the lock (default: %(default)s)")
    parser.add_argument(
        "--target", metavar="ID", help="the target of the lock (default: this machine's release and architecture)"
    )
    parser.add_argument(
        "--when",
        type=_whens,
        metavar="WHEN[,WHEN...]",
        default=frozenset(),
        help="print the packages of these kinds of needs, instead of those that the lock selects: "
        f"{', '.join(WHENS)}, or default (import, and dlopen, exec and declared with high confidence)",
    )
    parser.add_argument(
        "--all", action="store_true", help="also print base packages, which every image of the release has"
    )
    parser.add_argument("--pin", action="store_true", help="print the versions that `lock --pin` recorded")
    parser.add_argument(
        "--installer",
        metavar="PROGRAM",
        default="",
        help="the program that installs the packages (default: this system's, or with --target the release's usual "
        "one)",
    )
    form = parser.add_mutually_exclusive_group()
    choices = (*dict.fromkeys(name for family in printed for name in family.formats), "dockerfile", "json")
    words = f"{', '.join(choices)} (default: %(default)s)"
    form.add_argument("--format", choices=choices, default="names", metavar="FORM", help=words)
    form.add_argument("--json", action="store_const", const="json", dest="format", help="the same as --format json")
    parser.epilog = (
        "\n".join(family.usage for family in printed) + "\n"
        "Exit status: 0 printed; 2 error, such as no target for this system in the lock."
    )


def run(args: argparse.Namespace) -> int:
    """Print the line and return 0."""
    lock = read_lock(args.lock)
    if lock.warning():
        args.messages.warning(f"`{args.lock}`: {lock.warning()}")
    root = None if args.target else _this_machine()
    target = named_target(lock, args.target) if root is None else _target_of(root, lock)
    _refuse_other(args.command, target)
    packages = packages_to_install(target, when=args.when, base=args.all, pin=args.pin)
    if args.pin:
        _check_pins(args, target, packages)
    output.write(_render(args, target, packages, root))
    _warn_of_copies(args, target)
    if target.relevant_note:
        args.messages.warning(target.relevant_note)
    if not packages:
        args.messages.note(_no_packages_message(target, args.when))
    return 0


def _no_packages_message(target: Target, when: frozenset[str]) -> str:
    """Return the message about a line without packages, with the packages outside it."""
    outside = packages_to_install(target, when=frozenset(WHENS))
    if not outside:
        return f"{target.id} needs no binary package"
    if when:
        return f"{target.id} needs no binary package of these kinds: {', '.join(sorted(when))}"
    names = [each.package.name for each in outside]
    whens = sorted({need.when for _, need in target.needs() if need.installed in names} - {"import"})
    return (
        f"the install line of {target.id} is empty; --when {','.join(('default', *whens))} prints {format_list(names)}"
    )


def _this_machine() -> Root:
    from pip_sysdeps.system.root import Root  # noqa: PLC0415 - a line for a named target does without

    return Root()


def _target_of(root: Root, lock: Lockfile) -> Target:
    """Return the lock's target for the system of a root."""
    from pip_sysdeps.packages.platform import read_system  # noqa: PLC0415 - as above

    return target_of_system(lock, read_system(root))


def _warn_of_copies(args: argparse.Namespace, target: Target) -> None:
    """Print warnings about files that no package has, and Dockerfile instructions for them."""
    if any(unowned_needs(target, args.when)):
        from pip_sysdeps.lock.instructions import copy_messages, target_instructions  # noqa: PLC0415 - a usual line does without

        for line in copy_messages(target, args.when):
            args.messages.warning(line)
        for line in target_instructions(target, args.when).lines():
            args.messages.note(f"    {line}")


def _render(args: argparse.Namespace, target: Target, packages: Sequence[PackageToInstall], root: Root | None) -> str:
    """Return the line in the chosen format; with a root, for its own installer."""
    if args.format == "json":
        from pip_sysdeps.render.install_line import as_json  # noqa: PLC0415 - slow to import for a line of names

        return as_json(target, packages)
    family = family_of_distribution(target.package_manager, target.distro, args.installer)
    if family is None:
        raise SysdepsError(
            f"{target.id} uses {target.package_manager}, which this version does not support",
            hint="use a newer pip-sysdeps",
        )
    if root and not args.installer:
        family = with_installer_of(root, family)
    items = [each.item for each in packages]
    if args.format not in {*family.formats, "dockerfile"}:
        raise SysdepsError(
            f"format `{args.format}` is not available for {target.id}",
            hint=f"available are {', '.join(family.formats)}, dockerfile and json",
        )
    if args.format == "dockerfile":
        return family.dockerfile(items, target.snapshot if args.pin else "")
    return family.formats[args.format](items)


def _refuse_other(command: str, target: Target) -> None:
    """Raise SysdepsError if the command is for another package manager than the target's."""
    manager = LINE_COMMANDS.get(command, target.package_manager)
    if target.package_manager != manager:
        raise SysdepsError(
            f"{target.id} uses {target.package_manager}, but `{command}` is for {manager}",
            hint=f"`pip-sysdeps install-line --target {target.id}` prints its line",
        )


def _check_pins(args: argparse.Namespace, target: Target, packages: Sequence[PackageToInstall]) -> None:
    """Print a warning about packages without a version. Raise SysdepsError if no package has one."""
    bare = [each.package.name for each in packages if not each.package.version]
    if packages and len(bare) == len(packages):
        raise SysdepsError(
            f"the lock has no versions for {target.id}", hint="record them with `pip-sysdeps lock --pin`"
        )
    if bare:
        args.messages.warning(
            f"printed without a version, because not installed where the lock was made: {', '.join(bare)}"
        )


def _whens(text: str) -> frozenset[str]:
    whens = frozenset(text.split(","))
    if unknown := sorted(whens - {*WHENS, "default"}):
        raise ArgumentTypeError(f"`{unknown[0]}` is not one of default, {', '.join(WHENS)}")
    return whens
