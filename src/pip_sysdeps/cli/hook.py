# ruff: noqa: PLC0415 - what one action needs, another does not wait for
"""`hook`: enable, disable and show the hook of an environment; `hook relock` is the command that the hook runs."""

from __future__ import annotations

import os
import shlex
import sys
from typing import TYPE_CHECKING

from pip_sysdeps.cli import output
from pip_sysdeps.cli.environment_options import add_environment_arguments, add_python_argument, location_of
from pip_sysdeps.cli.parser import add_action
from pip_sysdeps.printing import printable

if TYPE_CHECKING:
    import argparse
    from collections.abc import Iterator, Mapping

    from pip_sysdeps.cli.parser import Parser
    from pip_sysdeps.hook.enable import HookStatus
    from pip_sysdeps.hook.site import HookSite

SCHEMA = 1
"""Version of the JSON document."""


def add_arguments(parser: Parser) -> None:
    """Declare the actions and their options."""
    actions = parser.add_subparsers(dest="action", required=True, metavar="ACTION")
    enable = add_action(actions, "enable", "update the lock after each pip in an environment")
    enable.add_argument(
        "--project", metavar="DIR", default=".", help="the folder with the lock (default: the current one)"
    )
    enable.add_argument("--check-only", action="store_true", help="only report a stale lock, never write it")
    enable.add_argument("--system", action="store_true", help="allow an interpreter outside a virtual environment")
    enable.set_defaults(act=_enable)
    disable = add_action(actions, "disable", "remove the hook from an environment")
    disable.set_defaults(act=_disable)
    status = add_action(actions, "status", "show the state of the hook in an environment")
    status.add_argument("--json", action="store_true", help="print a JSON document")
    status.epilog = "Exit status: 0 current; 1 not current, or not enabled; 2 error."
    status.set_defaults(act=_status)
    for action in (enable, disable, status):
        add_python_argument(action)
    relock = actions.add_parser("relock")  # without help: not for people
    add_environment_arguments(relock)
    relock.add_argument("--project")
    relock.add_argument("--check-only", action="store_true")
    relock.set_defaults(act=_relock)
    parser.epilog = (
        "The hook is two files in the environment's site-packages. After each pip run that changes the environment, it "
        "updates the project's lock and prints one line on stderr. pip's output and exit status stay the same. If CI "
        "is set, the lock is checked instead of written.\n\n"
        "Exit status: 0 done; 1 `status` finds no current hook; 2 error."
    )


def run(args: argparse.Namespace) -> int:
    """Run the chosen action; return the exit status."""
    status: int = args.act(args)
    return status


def _enable(args: argparse.Namespace) -> int:
    from pip_sysdeps.hook.enable import enable, settings_for, status

    site = _site(args)
    if args.python is None:
        _refuse_own(site)
    settings = settings_for(args.project, check_only=args.check_only)
    before = status(site).settings
    changed = enable(site, settings, system=args.system)
    moved = f"; its project was `{before.project}`" if before and before.project != settings.project else ""
    args.messages.note(
        f"{'enabled' if changed else 'already enabled'} in `{site.prefix}` for the project `{settings.project}`{moved}"
    )
    if site.in_venv and not site.has_pip:
        args.messages.note("the environment has no pip to start the hook: with uv, use `pip-sysdeps run -- CMD`")
    return 0


def _disable(args: argparse.Namespace) -> int:
    from pip_sysdeps.hook.enable import disable

    site = _site(args)
    removed = disable(site)
    args.messages.note(f"{'disabled in' if removed else 'nothing to disable in'} `{site.prefix}`")
    return 0


def _status(args: argparse.Namespace) -> int:
    from pip_sysdeps.hook.enable import State, status
    from pip_sysdeps.render.document import as_document

    site = _site(args)
    found = status(site)
    facts = dict(_facts(site, found))
    if args.json:
        output.write_document(as_document({"schema": SCHEMA, **facts}))
    else:
        output.write(_format_facts(facts))
    if found.state is State.ABSENT:
        args.messages.note("`pip-sysdeps hook enable` adds it")
    elif found.state is not State.CURRENT:
        args.messages.note("`pip-sysdeps hook enable` repairs or updates it, `pip-sysdeps hook disable` removes it")
    return int(found.state is not State.CURRENT)


def _relock(args: argparse.Namespace) -> int:
    """Update the lock after pip; the hook ignores the exit status."""
    from pip_sysdeps.app.lock import LockRequest
    from pip_sysdeps.app.relock import relock

    os.chdir(args.project)
    location = location_of(args)._replace(allow_empty=True)  # the hook knows its environment, even if it is empty
    done = relock(LockRequest(location=location, replace=True), check=args.check_only or _in_ci(os.environ))
    for mismatch in done.mismatches:
        args.messages.warning(mismatch)
    if done.line:
        args.messages.note(done.line)
    return done.status.value


def _in_ci(environ: Mapping[str, str]) -> bool:
    return environ.get("CI", "").lower() not in ("", "0", "false")


def _site(args: argparse.Namespace) -> HookSite:
    from pip_sysdeps.app.place import tool_prefix
    from pip_sysdeps.environment.choice import ChoiceInputs, first_choice
    from pip_sysdeps.hook.site import read_site
    from pip_sysdeps.system.root import Root

    root = Root()
    inputs = ChoiceInputs(environ=os.environ, cwd=os.getcwd(), tool_prefix=tool_prefix())
    return read_site(root, first_choice(root, args.python, inputs).path, named=args.python is not None)


def _refuse_own(site: HookSite) -> None:
    """Raise SysdepsError for an environment that pipx, uvx or pre-commit created for this tool."""
    from pip_sysdeps.environment.read_environment import find_environment
    from pip_sysdeps.system.root import Root

    if os.path.realpath(site.prefix) == os.path.realpath(sys.prefix):
        find_environment(Root(), site.prefix, environ={})


def _facts(site: HookSite, found: HookStatus) -> Iterator[tuple[str, str | bool | list[str]]]:
    yield "state", found.state.value
    yield "environment", site.prefix
    if found.settings:
        yield "project", found.settings.project
        yield "check-only", found.settings.check_only
        yield "command", list(found.settings.command)
    if found.missing:
        yield "missing", list(found.missing)


def _format_facts(facts: Mapping[str, str | bool | list[str]]) -> str:
    return "".join(f"{key}: {_shown(value)}\n" for key, value in facts.items())


def _shown(value: str | bool | list[str]) -> str:
    if isinstance(value, bool):
        return "yes" if value else "no"
    return printable(shlex.join(value) if isinstance(value, list) else value)
