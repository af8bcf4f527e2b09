"""Parse files that extend `sys.path`: pyvenv.cfg, `.pth` and `.egg-link` files, import finders of editable installs."""

from __future__ import annotations

import re
from typing import NamedTuple

from pip_sysdeps.errors import MalformedError

_CHANGES_PATH = re.compile(r"\bsys\s*\.\s*path\b|\baddsitedir\b")


class VenvConfig(NamedTuple):
    """The pyvenv.cfg of a virtual environment (PEP 405)."""

    home: str
    """`home`: the folder of the base interpreter's program."""
    version: tuple[int, int] | None
    """Major and minor of `version` (venv) or `version_info` (virtualenv, uv)."""
    system_site_packages: bool
    """`include-system-site-packages`."""
    extends: str = ""
    """`extends-environment`: the environment below this overlay (uv); empty for none."""


def parse_venv_config(content: bytes) -> VenvConfig:
    """Parse pyvenv.cfg. Raise MalformedError without an absolute `home`.

    Source: PEP 405; CPython's getpath.py and site.py (`venv`).
    """
    fields: dict[str, str] = {}
    for line in content.decode("utf-8", "surrogateescape").splitlines():
        key, equals, value = line.partition("=")
        if equals:
            fields[key.strip().lower()] = value.strip()
    home = fields.get("home", "")
    if not home.startswith("/") or "\0" in home:
        raise MalformedError("`home` is missing or not an absolute path")
    return VenvConfig(
        home=home,
        version=_version(fields.get("version_info") or fields.get("version", "")),
        system_site_packages=fields.get("include-system-site-packages", "").lower() == "true",
        extends=extends if (extends := fields.get("extends-environment", "")).startswith("/") else "",
    )


def _version(text: str) -> tuple[int, int] | None:
    numbers = text.split(".")[:2]
    if len(numbers) < 2 or not all(number.isdecimal() and len(number) < 4 for number in numbers):
        return None
    return int(numbers[0]), int(numbers[1])


def parse_pth(content: bytes) -> tuple[str, ...]:
    """Return the lines of a `.pth` file that are paths, without those that Python runs.

    Source: docs.python.org, module site.
    """
    lines = content.decode("utf-8", "surrogateescape").removeprefix("\ufeff").split("\n")
    stripped = (line.rstrip() for line in lines)
    return tuple(
        line for line in stripped if line and "\0" not in line and not line.startswith(("#", "import ", "import\t"))
    )


def parse_pth_code(content: bytes) -> tuple[str, ...]:
    """Return the lines of a `.pth` file that Python runs. Source: docs.python.org, module site."""
    lines = content.decode("utf-8", "surrogateescape").removeprefix("\ufeff").split("\n")
    return tuple(line.rstrip() for line in lines if line.startswith(("import ", "import\t")))


def changes_path(code: str) -> bool:
    """Return whether code adds folders to `sys.path`, by the words in it.

    Lines of easy_install with `__plen` only sort the path.
    """
    return _CHANGES_PATH.search(code) is not None and "__plen" not in code


def parse_egg_link(content: bytes) -> str:
    """Return the folder in the first line of a `.egg-link`; empty if there is none.

    Source: setuptools, "Development mode" (`setup.py develop`).
    """
    first = content.decode("utf-8", "surrogateescape").partition("\n")[0].strip()
    return first if first.startswith("/") and "\0" not in first else ""


def parse_scripts(content: bytes) -> dict[str, str]:
    """Return the programs in an entry_points.txt: names and object references, such as `pkg.gui:main`.

    Source: packaging.python.org, "Entry points specification": `console_scripts` and `gui_scripts`.
    """
    found: dict[str, str] = {}
    section = ""
    for line in content.decode("utf-8", "surrogateescape").split("\n"):
        text = line.strip()
        if text.startswith("["):
            section = text.strip("[]").strip()
        elif "=" in text and not text.startswith(("#", ";")) and section in {"console_scripts", "gui_scripts"}:
            name, _, reference = text.partition("=")
            found[name.strip()] = reference.strip()
    return found


def parse_finder(content: bytes) -> tuple[str, ...]:
    """Return the absolute paths in the source of an import finder or loader, without running it.

    Editable installs of setuptools (`MAPPING`), meson-python and scikit-build-core have the folders of their modules as
    strings in this file. Raise MalformedError for invalid Python. Source: PEP 660.
    """
    import ast  # noqa: PLC0415 - slow to import, and needed by few environments

    from pip_sysdeps.system.python_syntax import parse_python  # noqa: PLC0415 - the same

    tree = parse_python(content)
    if tree is None:
        raise MalformedError("not valid Python")
    constants = (node.value for node in ast.walk(tree) if isinstance(node, ast.Constant))
    texts = (value for value in constants if isinstance(value, str))
    return tuple(dict.fromkeys(text for text in texts if text.startswith("/") and "\0" not in text))
