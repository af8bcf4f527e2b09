"""Libraries that a distribution's sources only try to open."""

from __future__ import annotations

import pytest

from pip_sysdeps.needs.optional_files import optional_files
from pip_sysdeps.sources.parsed_sources import ParsedSources
from pip_sysdeps.sources.source import Source

NAME = "libcuda_provider.so"
TRIED = f"try:\n    ctypes.CDLL(os.path.join(here, '{NAME}'))\nexcept OSError:\n    pass\n"

HANDED_ON = f"""
def _path():
    if missing:
        return None
    name = '{NAME}'
    path = join(here, name)
    return path if isfile(path) else None

def _register(warn_on_failure=False):
    path = _path()
    if not path:
        return
    try:
        register('CUDA', path)
    except Exception as e:
        if warn_on_failure:
            warnings.warn(f'Failed to register {{path}}: {{e}}')

_register(True)
"""
"""As onnxruntime 1.32 hands the path of its CUDA provider to its extension module."""


def is_optional(*texts: str) -> bool:
    """Return whether sources only try to open the library."""
    sources = [Source(f"pkg/m{n}.py", text.encode()) for n, text in enumerate(texts)]
    return optional_files([NAME], ParsedSources(sources)) == {NAME}


@pytest.mark.parametrize(
    "text",
    [
        TRIED,
        HANDED_ON,
        f"def get():\n    lib = ctypes.CDLL('{NAME}')\n    return lib\ntry:\n    get()\nexcept OSError:\n    pass\n",
        f"P = (here / '{NAME}').resolve()\ntry:\n    lib = CDLL(str(P))\nexcept OSError:\n    lib = None\n",
        f"P = 'lib/{NAME}'\ntry:\n    lib = cffi.dlopen(P)\nexcept (OSError, RuntimeError):\n    lib = None\n",
    ],
)
def test_it_is_only_tried(text: str) -> None:
    """Whatever is done with its name, also behind functions and variables."""
    assert is_optional(text)


@pytest.mark.parametrize(
    "text",
    [
        "",
        f"lib = ctypes.CDLL('{NAME}')\n",
        f"def _path():\n    return '{NAME}'\n",
        f"def _path():\n    return '{NAME}'\nlib = ctypes.CDLL(_path())\n",
        f"try:\n    lib = ctypes.CDLL('{NAME}')\nexcept OSError as e:\n    raise ImportError('no driver') from e\n",
        f"try:\n    lib = ctypes.CDLL('other.so')\nexcept OSError:\n    lib = ctypes.CDLL('{NAME}')\n",
        f"lib = ctypes.CDLL('{NAME}')\ntry:\n    lib.init()\nexcept OSError:\n    pass\n",
        f"def get():\n    return ctypes.CDLL('{NAME}')\ntry:\n    get()\nexcept OSError:\n    pass\nx = get()\n",
        f"lib = own.opened(join(here, '{NAME}'))\ntry:\n    lib.init()\nexcept OSError:\n    pass\n",
        f"NAMES = ['{NAME}']\ntry:\n    x()\nexcept OSError:\n    pass\n",
        f"a = '{NAME}'\nb = a\na = b\n",
        f"try:\n    ctypes.CDLL('{NAME}')\nexcept OSError:\n    pass\nlib = ctypes.CDLL('{NAME}')\n",
        f"try:\n    ctypes.CDLL('{NAME}')\nexcept OSError:\n    pass\nsyntax error\n",
        "lib = ctypes.CDLL(f'libcuda_{kind}.so')\n",
    ],
)
def test_it_is_not(text: str) -> None:
    """It is opened without a `try`, nobody knows where its name goes, or no source has it as a whole."""
    assert not is_optional(text)


def test_each_source_counts() -> None:
    """One that opens it without a `try` is enough."""
    assert is_optional(TRIED, TRIED)
    assert not is_optional(TRIED, f"ctypes.CDLL('{NAME}')\n")


def test_too_much_to_look_at() -> None:
    """Nothing is optional then."""
    assert not is_optional(TRIED + f"y = '{'a' * 1_100_000}'\n")
    assert not is_optional(f"a = '{NAME}'\n" + "print(a)\n" * 30_000)
