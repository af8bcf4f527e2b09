"""The command line in a process of its own that has imported it already: a fork of one that does nothing else.

Importing takes most of the time of a short command. A server, which has one thread, imports the whole package once. For
each command it forks, and the child becomes what `python -m pip_sysdeps` is after its imports: it gets the descriptors
0 to 2, the working directory, variables and umask of its caller, `runpy` runs the module as `-m` does, and the
interpreter ends as usual, with its exit handlers and status.

What an interpreter reads before it imports anything is the server's: with other variables for Python or the locale,
with ignored signals, or on a terminal, a command must be started as a user starts it.
`tests/functional/test_forked.py` compares the two ways.
"""

from __future__ import annotations

import atexit
import importlib
import json
import os
import pkgutil
import resource
import runpy
import signal
import socket
import subprocess
import sys
import tempfile
from functools import cache
from pathlib import Path
from typing import TYPE_CHECKING, Any, NamedTuple

import pip_sysdeps

if TYPE_CHECKING:
    import io
    from collections.abc import Mapping, Sequence

_LONGEST_REQUEST = 1 << 20
_STREAMS = 3


class Finished(NamedTuple):
    """A command that has ended."""

    returncode: int
    """Its exit status; negative for a signal."""
    stdout: str
    stderr: str
    seconds: float
    """Processor time, of its own processes too."""
    memory: int
    """The most memory in bytes that it or one of its processes had at once."""


def run_forked(
    *argv: str,
    cwd: Path,
    environ: Mapping[str, str] | None = None,
    stdin: str = "",
    seconds: int = 60,
    longest: float = 120,
) -> Finished:
    """Run `pip-sysdeps`; `environ` has its variables, which are by default this process's.

    It is killed after `seconds` of processor time, or the `longest` time on the clock.
    """
    variables = dict(os.environ if environ is None else environ)
    connection, before = _server(os.getpid())
    assert _at_start(variables) == before, "Python has read these variables when it started"
    umask = os.umask(0)
    os.umask(umask)
    limits = {"seconds": seconds, "longest": longest}
    request = {"argv": argv, "cwd": str(cwd), "environ": variables, "umask": umask, **limits}
    with tempfile.TemporaryFile() as given, tempfile.TemporaryFile() as out, tempfile.TemporaryFile() as err:
        given.write(stdin.encode())
        given.seek(0)
        socket.send_fds(connection, [json.dumps(request).encode()], [each.fileno() for each in (given, out, err)])
        status, used, memory = json.loads(connection.recv(_LONGEST_REQUEST))
        texts = [_content(each) for each in (out, err)]
    return Finished(os.waitstatus_to_exitcode(status), texts[0], texts[1], used, memory)


def _content(file: io.BufferedRandom) -> str:
    file.seek(0)
    return file.read().decode()


def _at_start(variables: Mapping[str, str]) -> dict[str, str]:
    """Return the variables that an interpreter reads when it starts."""
    return {name: value for name, value in variables.items() if name.startswith(("PYTHON", "LC_", "LANG"))}


@cache
def _server(_: int) -> tuple[socket.socket, dict[str, str]]:
    """Start the server for a process of the tests; return the connection to it, and its variables for Python.

    It is not a child of that process, since some tests wait for all children. It ends when the connection is closed.
    """
    ours, its = socket.socketpair(socket.AF_UNIX, socket.SOCK_SEQPACKET)
    with its:
        command = [sys.executable, str(Path(__file__)), str(its.fileno())]
        null = subprocess.DEVNULL
        subprocess.run(command, check=True, pass_fds=[its.fileno()], stdin=null, stdout=null)
    atexit.register(ours.close)
    return ours, _at_start(os.environ)


# -------------------------------------------------------------------------------------------------------- the server


def _main() -> None:
    """Import the package, then serve; a child goes on here and ends as a command does."""
    if os.fork():
        os._exit(0)  # the server is nobody's child
    del sys.path[0]  # this file's folder
    for module in pkgutil.walk_packages(pip_sysdeps.__path__, "pip_sysdeps."):
        if not module.name.endswith("__main__"):
            importlib.import_module(module.name)
    _serve(socket.socket(fileno=int(sys.argv[1])))
    runpy.run_module("pip_sysdeps", run_name="__main__", alter_sys=True)


def _serve(connection: socket.socket) -> None:
    """Fork for each request, and answer how the child ended; return in each child."""
    while True:
        content, descriptors, _, _ = socket.recv_fds(connection, _LONGEST_REQUEST, _STREAMS)
        if not content:
            sys.exit()
        request = json.loads(content)
        child = os.fork()
        if not child:
            connection.close()
            _become(request, descriptors)
            return
        for each in descriptors:
            os.close(each)
        status, used = _wait(child, request["longest"])
        connection.send(json.dumps([status, used.ru_utime + used.ru_stime, used.ru_maxrss * 1024]).encode())


def _wait(child: int, seconds: float) -> tuple[int, resource.struct_rusage]:
    """Wait for a child, which is killed after so many seconds."""
    signal.signal(signal.SIGALRM, lambda *_: os.kill(child, signal.SIGKILL))
    signal.setitimer(signal.ITIMER_REAL, seconds)
    _, status, used = os.wait4(child, 0)
    signal.setitimer(signal.ITIMER_REAL, 0)
    signal.signal(signal.SIGALRM, signal.SIG_DFL)
    return status, used


def _become(request: Mapping[str, Any], descriptors: Sequence[int]) -> None:
    """Take over what a new process has from its caller. Python's streams are those of descriptors 0 to 2, as before."""
    for number, descriptor in enumerate(descriptors):
        os.dup2(descriptor, number)
        os.close(descriptor)
    os.chdir(request["cwd"])
    os.umask(request["umask"])
    os.environ.clear()
    os.environ.update(request["environ"])
    resource.setrlimit(resource.RLIMIT_CPU, (request["seconds"], request["seconds"]))
    sys.argv[1:] = request["argv"]
    sys.path.insert(0, os.getcwd())


if __name__ == "__main__":
    _main()
