"""Check a release image for foreign and missing files of the environment."""

from __future__ import annotations

from typing import TYPE_CHECKING

from pip_sysdeps.report.catalogue import (
    FOREIGN_FILE,
    MISSING_FILE,
    NO_INTERPRETER,
)
from pip_sysdeps.report.image import imported_objects
from pip_sysdeps.report.problems import Problem

if TYPE_CHECKING:
    from collections.abc import Iterator

    from pip_sysdeps.model.environment import Distribution
    from pip_sysdeps.model.scan import Scan
    from pip_sysdeps.report.image import Image


def foreign_files(scan: Scan) -> Iterator[Problem]:
    """Yield the files for another machine or C library: an error if a distribution has no other objects."""
    holders = scan.environment.holders()
    usable = {holders.get(loaded.path, "") for _, loaded in imported_objects(scan)}
    tags = {each.name: each.tags for each in scan.environment.distributions}
    for skipped in scan.skipped:
        if skipped.verdict.is_foreign:
            holder = holders.get(skipped.path, "")
            is_built = any(not tag.endswith("-any") for tag in tags.get(holder, ()))
            yield Problem(
                error=is_built and holder not in usable,
                entry=FOREIGN_FILE,
                distribution=holder,
                subject=skipped.path,
                message=f"{skipped.path} is {skipped.reason}",
                files=(skipped.path,),
            )


def missing_projects(scan: Scan) -> Iterator[Problem]:
    """Yield the editable installs with a project that is not in the image."""
    for each in scan.environment.distributions:
        if each.missing_project:
            message = (
                f"it is an editable install of `{each.missing_project}`, which is not in the image: install it "
                "without -e (uv sync: --no-editable), or copy the project there"
            )
            yield _missing_files_problem(each, message, (each.metadata_path,), error=True)


def scripts_without_python(image: Image) -> Iterator[Problem]:
    """Yield the scripts with a first line that names a Python outside the image: the environment was copied or renamed.

    It is an error if all scripts are affected, and otherwise a warning, because some projects ship broken scripts.
    """
    broken: dict[str, list[str]] = {}
    for script, python in image.scripts.items():
        if image.system.real(python) is None:
            broken.setdefault(python, []).append(script)
    is_error = sum(map(len, broken.values())) == len(image.scripts)
    for python, scripts in broken.items():
        subject = f"and {len(scripts) - 1} more start" if len(scripts) > 1 else "starts"
        yield Problem(
            error=is_error,
            entry=NO_INTERPRETER,
            distribution="",
            subject=python,
            message=f"`{scripts[0]}` {subject} `{python}`, which is not in the image: build the environment at "
            "the same path as in the image, or run its programs with `python -m`",
            files=tuple(scripts),
        )


def missing_files(scan: Scan) -> Iterator[Problem]:
    """Yield missing files that RECORDs list, as warnings: they may have been removed on purpose."""
    for each in scan.environment.distributions:
        if each.missing_objects:
            yield _missing_files_problem(
                each, f"files listed in its {each.record.value} are missing", each.missing_objects, error=False
            )


def _missing_files_problem(distribution: Distribution, message: str, files: tuple[str, ...], *, error: bool) -> Problem:
    """Return the problem of missing files of a distribution."""
    return Problem(
        error=error,
        entry=MISSING_FILE,
        distribution=distribution.name,
        subject=distribution.metadata_path,
        message=message,
        files=files,
    )
