"""Update the project's sysdeps.lock after pip has changed this environment.

Written by `pip-sysdeps hook enable`, for this environment only; no RECORD lists it. To remove it, run
`pip-sysdeps hook disable`, or delete this file and `pip_sysdeps_hook.pth` beside it. Nothing else has to be removed.

`pip_sysdeps_hook.pth` calls `start` in processes that may be pip's. `start` imports what `finish` needs, in pip's own
processes only; `finish` imports nothing at all, because pip 26.3 blocks imports from the moment it begins to install
until the process exits. All work is done in a child process, which is ended after TIME_LIMIT, and an error in it has
no effect on pip.
"""

from __future__ import annotations

import os
import sys

TYPE_CHECKING = False  # importing typing.TYPE_CHECKING would cost more than the rest of this file
if TYPE_CHECKING:
    from collections.abc import Callable, Iterable, Sequence
    from types import ModuleType

COMMAND: tuple[str, ...] = ()
"""The command that updates the lock; `--python ENV` is appended."""
NEEDED: tuple[str, ...] = ()
"""COMMAND is run only while each of these paths exists: its interpreter, its code, and the project's folder."""
PREFIX: str = ""
"""The environment in which the hook was enabled; in a copied or moved environment, the hook does nothing."""
MANUAL_COMMAND: str = ""
"""The shell command that the user can run instead of COMMAND, without a time limit."""

TIME_LIMIT = 60.0
"""Seconds after which COMMAND is ended, with every process that it has started."""
GRACE = 2.0
"""Seconds that COMMAND then has to remove its temporary files."""
_SIGTERM, _SIGKILL = 15, 9

SUPPRESS_VARIABLE = "SYSDEPS_HOOK_PREFIX"
"""`start` sets this variable to the environment, so that the hook does not run in a pip that this one starts there."""

VALUE_OPTIONS = "WX"
"""Single-letter options of the interpreter that take a value (Python/getopt.c), besides `-c` and `-m`."""

_started = False


def start() -> None:
    """Register `finish` if this process is pip, runs in this environment, and was not started by another pip."""
    global _started  # noqa: PLW0603 - the .pth files of a base and of a venv may both call this
    arguments = sys.orig_argv[1:]
    if _started or not is_pip(arguments) or os.environ.get(SUPPRESS_VARIABLE) == sys.prefix:
        return
    _started = True
    import atexit  # noqa: PLC0415 - not at every start of this interpreter
    import subprocess  # noqa: PLC0415
    import sysconfig  # noqa: PLC0415

    directories = sorted({os.path.realpath(sysconfig.get_path(name)) for name in ("purelib", "platlib")})
    if os.path.realpath(os.path.dirname(__file__)) not in directories:
        return  # the base's hook, seen from a venv with --system-site-packages
    if os.path.realpath(PREFIX) != os.path.realpath(sys.prefix):
        return  # a copy: the project belongs to the environment that it was copied from
    if only_starts_another_pip(arguments):
        return
    os.environ[SUPPRESS_VARIABLE] = sys.prefix
    statuses = _remember_exit_statuses()
    atexit.register(finish, os.getpid(), directories, fingerprint(directories), statuses, bounded_call(subprocess))


def finish(
    process_id: int,
    directories: Sequence[str],
    before: object,
    statuses: Sequence[object],
    call: Callable[..., int | None],
) -> None:
    """Run COMMAND if this process, not a fork of it, has changed the environment and has succeeded."""
    try:
        if (
            os.getpid() == process_id
            and statuses
            and statuses[-1] in (None, 0)
            and _has_installed()
            and all(os.path.exists(path) for path in NEEDED)
            and fingerprint(directories) != before
        ):
            _run_command(call)
    except (Exception, KeyboardInterrupt):  # noqa: BLE001, S110 - pip's work is done; `lock --check` finds what was missed
        pass


def is_pip(arguments: Iterable[str]) -> bool:
    """Return whether an interpreter with these arguments (`sys.orig_argv[1:]`) runs pip itself.

    Source: Python/getopt.c for the options of the interpreter; pip's own programs are bin/pip, pip.pyz and
    `__pip-runner__.py`, which it runs in another environment.
    """
    rest = iter(arguments)
    for argument in rest:
        if argument == "--":
            return _is_program_of_pip(next(rest, ""))
        if not argument.startswith("-"):
            return _is_program_of_pip(argument)
        if argument == "--check-hash-based-pycs":
            next(rest, "")
        elif not argument.startswith("--"):
            option, value = _last_option(argument[1:])
            if option == "c":
                return False
            if option in (*VALUE_OPTIONS, "m"):
                value = value or next(rest, "")
            if option == "m":
                return value in ("pip", "pip.__main__")
    return False


def _last_option(cluster: str) -> tuple[str, str]:
    """Return the first option that takes a value, and the text after it: `m` and `pip` for the cluster `Impip`."""
    for position, option in enumerate(cluster):
        if option in (*VALUE_OPTIONS, "c", "m"):
            return option, cluster[position + 1 :]
    return "", ""


def _is_program_of_pip(path: str) -> bool:
    """Return whether a program is pip (`pip`, `pip3`, `pip3.12`), not another one such as pipx or pip-compile."""
    name = os.path.basename(path.rstrip("/"))
    numbered = name.startswith("pip") and name[3:].replace(".", "").isdigit()
    return numbered or name in ("pip", "pip.pyz", "__pip-runner__.py")


def only_starts_another_pip(arguments: Iterable[str]) -> bool:
    """Return whether this is `pip --python ENV`, which runs a second pip in ENV: its hook does the work."""
    if "_PIP_RUNNING_IN_SUBPROCESS" in os.environ:
        return False  # this is the second pip
    names = (argument.partition("=")[0] for argument in arguments)
    return "PIP_PYTHON" in os.environ or any(name.startswith("--py") and "--python".startswith(name) for name in names)


def fingerprint(directories: Iterable[str]) -> list[object]:
    """Return values that every installation changes: inode, time and size of each distribution's record."""
    found: list[object] = []
    for directory in directories:
        try:
            names = sorted(os.listdir(directory))
        except OSError:
            continue
        for name in names:
            if name.endswith((".dist-info", ".egg-info", ".egg-link")):
                path = os.path.join(directory, name)
                found.append((path, _facts(os.path.join(path, "RECORD")) or _facts(path)))
    return found


def _facts(path: str) -> tuple[int, int, int] | None:
    try:
        stat = os.stat(path)
    except OSError:
        return None
    return (stat.st_ino, stat.st_mtime_ns, stat.st_size)


def _remember_exit_statuses() -> list[object]:
    """Wrap `sys.exit`, which pip calls last, however it was started; return the list that collects its statuses."""
    statuses: list[object] = []
    original = sys.exit

    def exit_and_remember(status: str | int | None = None, /) -> None:
        statuses.append(status)
        original(status)

    sys.exit = exit_and_remember  # type: ignore[assignment]
    return statuses


def _has_installed() -> bool:
    return "pip._internal.commands.install" in sys.modules or "pip._internal.commands.uninstall" in sys.modules


def bounded_call(subprocess: ModuleType) -> Callable[..., int | None]:
    """Return a `subprocess.call` that ends the command after TIME_LIMIT seconds, and then returns None.

    The command runs in its own session (setsid(2)), so that its child processes can be ended with it.
    """

    def call(command: Sequence[str], **options: object) -> int | None:
        process = subprocess.Popen(command, start_new_session=True, **options)
        try:
            status: int = process.wait(TIME_LIMIT)
        except subprocess.TimeoutExpired:
            _end(process.pid, _SIGTERM)
            try:  # noqa: SIM105 - contextlib may not be loaded yet
                process.wait(GRACE)
            except subprocess.TimeoutExpired:
                pass
            return None
        else:
            return status
        finally:  # Ctrl-C reaches pip, but not the command's own session
            _end(process.pid, _SIGKILL)

    return call


def _end(group: int, signal: int) -> None:
    try:  # noqa: SIM105 - contextlib may not be loaded yet
        os.killpg(group, signal)
    except ProcessLookupError:
        pass


def _run_command(call: Callable[..., int | None]) -> None:
    """Run COMMAND for this environment, with its output on standard error, after pip's own."""
    try:  # noqa: SIM105 - contextlib may not be loaded yet
        sys.stdout.flush()
    except (AttributeError, OSError, ValueError):  # no standard output, or it is closed, or its reader is gone
        pass
    # If pip was started without a standard error, descriptor 2 may be another file: use DEVNULL (-3).
    output = -3 if sys.__stderr__ is None else 2
    environment = sys.prefix if sys.prefix != sys.base_prefix else sys.executable
    status = call([*COMMAND, "--python", environment], stdin=-3, stdout=output)
    if status is None and sys.__stderr__ is not None:
        sys.__stderr__.write(
            f"pip-sysdeps: sysdeps.lock not updated: stopped after {TIME_LIMIT:.0f} s; run `{MANUAL_COMMAND}`\n"
        )
