"""Modules that a distribution imports only where it continues without them."""

from __future__ import annotations

import pytest

from pip_sysdeps.needs.optional_modules import optional_modules
from pip_sysdeps.sources.parsed_sources import ParsedSources
from pip_sysdeps.sources.source import Source

FAST = "pkg._fast"


def optional(*sources: tuple[str, str], wanted: tuple[str, ...] = (FAST,)) -> frozenset[str]:
    """Return which of some modules these sources, by path, only try to import."""
    return optional_modules(wanted, ParsedSources([Source(path, text.encode()) for path, text in sources]))


def of_package(text: str) -> bool:
    """Return whether `pkg/__init__.py` only tries to import `pkg._fast`."""
    return optional(("pkg/__init__.py", text)) == {FAST}


@pytest.mark.parametrize(
    "text",
    [
        "try:\n    from pkg._fast import x\nexcept ImportError:\n    x = None\n",
        "try:\n    from . import _fast\nexcept ImportError as e:\n    warn(str(e))\n",
        "try:\n    from ._fast import (\n        x,\n        y,\n    )\nexcept Exception:\n    pass\n",
        "try:\n    import pkg._fast as f\nexcept:\n    f = None\n",
        "try:\n    import pkg._fast\nexcept (OSError, ImportError):\n    pass\n",
        "from contextlib import suppress\nwith suppress(ImportError):\n    from . import _fast\n",
        "def get(name):\n    try:\n        from . import _fast as lib\n    except ImportError:\n        pass\n",
        "try:\n    f = importlib.import_module('pkg._fast')\nexcept ImportError:\n    f = None\n",
        "try:\n    f = importlib.import_module('._fast', __package__)\nexcept ImportError:\n    f = None\n",
        "try:\n    from . import _fast\nexcept ImportError:\n    _fast = None\nif _fast:\n    from ._fast import x\n",
        "if not found:\n    raise ImportError('no _fast')\nelse:\n    from ._fast import *\n",
        "try:\n    from . import _fast\nexcept ImportError as e:\n    info['fast'] = str(e)\n",
        "try:\n    import pkg._fast\nexcept ModuleNotFoundError:\n    raise\nexcept ImportError:\n    pass\n",
        "if TYPE_CHECKING:\n    from ._fast import x\ntry:\n    from ._fast import x\nexcept ImportError:\n    pass\n",
        "try:\n    from . import _fast\nexcept ImportError:\n    def need():\n        raise ImportError('no _fast')\n",
    ],
)
def test_it_goes_on_without_the_module(text: str) -> None:
    """ImportError is caught, and neither the handler nor what comes behind gives up."""
    assert of_package(text)


@pytest.mark.parametrize(
    "text",
    [
        "",
        "from ._fast import x\n",
        "from pkg import (\n    a,\n    _fast,\n)\n",
        "import os, pkg._fast\n",
        "from . \\\n    import _fast\n",
        "def get():\n    from . import _fast\n    return _fast\n",
        "try:\n    from . import _fast\nexcept ModuleNotFoundError:\n    pass\n",
        "try:\n    from . import _fast\nexcept ValueError:\n    pass\n",
        "try:\n    from . import _fast\nfinally:\n    pass\n",
        "try:\n    from . import _fast\nexcept ImportError as e:\n    raise RuntimeError('broken') from e\n",
        "import sys\ntry:\n    from . import _fast\nexcept ImportError:\n    sys.exit(1)\n",
        "try:\n    from . import _fast\nexcept ImportError as e:\n    error = e\nif error:\n    raise error\n",
        "try:\n    from . import _fast\nexcept ImportError as e:\n    _fast = Deferred(e)\n",
        "try:\n    from . import _fast\nexcept ImportError:\n    _fast = None\nassert _fast is not None\n",
        "try:\n    from . import _other\nexcept ImportError:\n    from . import _fast\n",
        "try:\n    x = 1\nexcept ImportError:\n    pass\nelse:\n    from . import _fast\n",
        "try:\n    def get():\n        from . import _fast\nexcept ImportError:\n    pass\n",
        "if enabled:\n    from . import _fast\n",
        "import sys\nif sys.version_info < (3, 8):\n    raise ImportError('too old')\nelse:\n    from . import _fast\n",
        "try:\n    from . import _fast\nexcept ImportError:\n    pass\nfrom ._fast import x\n",
        "try:\n    from . import _fast\nexcept ImportError:\n    pass\nsyntax error\n",
        "try:\n    from other import _fast\nexcept ImportError:\n    pass\n",
    ],
)
def test_it_does_not(text: str) -> None:
    """Some import fails with the module, nothing imports it, or nobody can tell."""
    assert not of_package(text)


def test_through_modules_between() -> None:
    """A module that is only tried makes what it imports optional; one that a program imports itself does not."""
    tried = "try:\n    from .between import *\nexcept ImportError:\n    pass\n"
    between = ("pkg/between.py", "from pkg._fast import x\n")
    assert optional(("pkg/__init__.py", tried), between) == {FAST}
    assert optional(("pkg/__init__.py", "from . import between\n"), between) == frozenset()
    assert optional(("pkg/__init__.py", ""), between) == frozenset()
    assert optional(("pkg/__init__.py", tried), between, ("tool.py", "import pkg._fast\n")) == frozenset()
    assert optional(("pkg/__init__.py", tried), between, ("pkg/other.py", "import pkg.between\n")) == frozenset()


GET = "def _get():\n    from . import _fast\n    return _fast\n"
"""A function that imports the module; its callers decide whether the distribution goes on without it."""
TRY_GET = "try:\n    x = _get()\nexcept ImportError:\n    x = None\n"


@pytest.mark.parametrize(
    "text",
    [
        TRY_GET,
        f"{TRY_GET}def more():\n    try:\n        return _get().x\n    except Exception:\n        return 1\n",
        "def between():\n    return _get()\ntry:\n    between()\nexcept ImportError:\n    pass\n",
        "from contextlib import suppress\nwith suppress(ImportError):\n    _get()\n",
    ],
)
def test_a_function_that_is_only_tried(text: str) -> None:
    """Each call of it is in a `try`, or in a function of which that is true."""
    assert of_package(GET + text)


@pytest.mark.parametrize(
    "text",
    [
        "x = _get()\n",
        f"{TRY_GET}y = _get()\n",
        f"{TRY_GET}get = _get\n",
        f"{TRY_GET}__all__ = ['_get']\n",
        f"{TRY_GET}class Lazy:\n    x = property(_get)\n",
        "def between():\n    return _get()\nbetween()\n",
        "def one():\n    two()\n    _get()\ndef two():\n    one()\n",
        "try:\n    _get()\nexcept ImportError as e:\n    raise RuntimeError('broken') from e\n",
    ],
)
def test_a_function_that_somebody_may_call(text: str) -> None:
    """One call without a `try` is enough, and a function that is a value may be called by anything."""
    assert not of_package(GET + text)


def test_a_decorated_function() -> None:
    """The decorator may call it, or give it to what does."""
    assert not of_package(f"@registered\n{GET}{TRY_GET}")


def test_a_function_that_other_modules_call() -> None:
    """All sources of the distribution count."""
    lazy, tried = ("pkg/lazy.py", GET), ("pkg/__init__.py", f"from .lazy import _get\n{TRY_GET}")
    assert optional(lazy, tried) == {FAST}
    assert optional(lazy, tried, ("pkg/x.py", "from . import lazy\nlazy._get()\n")) == frozenset()
    assert optional(lazy, tried, ("pkg/x.py", "from .lazy import _get as get\nget()\n")) == frozenset()
    assert optional(lazy, tried, ("pkg/x.py", "_get syntax error\n")) == frozenset()


def test_a_package_between() -> None:
    """What it imports of itself does not count as an import of it."""
    sources = [
        ("pkg/__init__.py", "try:\n    import pkg.sub\nexcept ImportError:\n    pass\n"),
        ("pkg/sub/__init__.py", "from ._fast import x\nfrom pkg.sub import helper\n"),
        ("pkg/sub/helper.py", "from pkg.sub import x\n"),
    ]
    assert optional(*sources, wanted=("pkg.sub._fast",)) == {"pkg.sub._fast"}


def test_modules_in_a_circle() -> None:
    """They end, and prove nothing."""
    assert optional(("a/x.py", "import a.y, pkg._fast\n"), ("a/y.py", "import a.x\n")) == frozenset()


def test_each_module_for_itself() -> None:
    """One that is tried beside one that is not."""
    text = "from ._core import x\ntry:\n    from . import _fast\nexcept ImportError:\n    pass\n"
    assert optional(("pkg/__init__.py", text), wanted=("pkg._core", FAST)) == {FAST}


def test_too_much_to_look_at() -> None:
    """Nothing is optional where the sources take too long."""
    tried = "try:\n    from . import _fast\nexcept ImportError:\n    x = None\n"
    assert of_package(tried + f"y = '{'a' * 900_000}'\n")
    assert not of_package(tried + f"y = '{'a' * 1_100_000}'\n")
    assert not of_package(tried * 5000)


@pytest.mark.parametrize("test", ["-".join("1" * 900), "0x" + "f" * 5000])
def test_a_condition_that_has_no_text(test: str) -> None:
    """Python cannot write it again, as it is nested too deeply or has a huge number: it is no interpreter's."""
    assert of_package(f"if {test}:\n    from . import _fast\nelse:\n    raise ImportError\n")
