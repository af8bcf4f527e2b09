"""The project's settings: find and read pyproject.toml, and apply it to a target."""

from __future__ import annotations

import errno
import os
from typing import TYPE_CHECKING

from pip_sysdeps.errors import MalformedError, SysdepsError
from pip_sysdeps.lock.build import distributions, unsorted_target
from pip_sysdeps.lock.policy import PolicyContext, PolicyResult, apply
from pip_sysdeps.lock.project import Project, parse_project
from pip_sysdeps.system.regular_file import read_regular

if TYPE_CHECKING:
    from pip_sysdeps.model.scan import Scan
    from pip_sysdeps.packages.index import SonameIndex

_NAME = "pyproject.toml"
_HINT = "`pip-sysdeps policy --help` lists the commands that write the table [tool.pip-sysdeps]"
_MAX_BYTES = 4 << 20


def read_project(lock: str) -> Project:
    """Return the settings of the pyproject.toml next to the lock, else in the current folder, else the defaults.

    The hook may run in any folder, and an image build may write the lock to any folder. Raise SysdepsError for a file
    that cannot be read, MalformedError for unknown settings.
    """
    path = find_project(lock)
    if path is None:
        return Project()
    try:
        return parse_project(read_project_text(path))
    except MalformedError as error:
        raise error.at(path, hint=_HINT) from error


def find_project(lock: str) -> str | None:
    """Return the path of the pyproject.toml next to a lock, else in the current folder; None if there is none."""
    beside = os.path.join(os.path.dirname(lock), _NAME)
    return next((path for path in (beside, _NAME) if os.path.exists(path)), None)


def read_project_text(path: str) -> str:
    """Return the text of a pyproject.toml. Raise SysdepsError for one that cannot be read, OSError."""
    try:
        content = read_regular(path, _MAX_BYTES)
    except OSError as error:
        if error.errno != errno.EFBIG:
            raise
        raise SysdepsError(f"`{path}` is larger than {_MAX_BYTES} bytes", hint="is this a pyproject.toml?") from error
    try:
        return content.decode("utf-8")
    except UnicodeDecodeError as error:
        raise MalformedError("is not UTF-8", where=f"offset {error.start}", hint=_HINT).at(path) from error


def target_of(scan: Scan, project: Project, index: SonameIndex | None, *, name: str) -> PolicyResult:
    """Return the target of a scan with the policy applied; `index` is that of its system.

    Raise SysdepsError as `unsorted_target` does.
    """
    target = unsorted_target(scan, name=name, library_path=project.library_path)
    context = PolicyContext(installed=distributions(scan), base=scan.base, index=index, plugins=scan.plugins)
    return apply(project, target, context)
