"""The work that hostile sources cause: counted, not timed."""

from __future__ import annotations

import sys
from typing import TYPE_CHECKING

import pytest

from pip_sysdeps.byname.commands import program_name
from pip_sysdeps.byname.libraries import library_name
from pip_sysdeps.byname.source_references import Others, named_by
from pip_sysdeps.sources.source import Source
from pip_sysdeps.sources.steps import StepLimitError, Steps
from pip_sysdeps.system.python_syntax import MOST_MARKS, count_marks, parse_python

if TYPE_CHECKING:
    from collections.abc import Callable

    from pip_sysdeps.byname.source_filter import Wanted

HEAD = "import ctypes, shutil\nfrom ctypes.util import find_library as find\nctypes.CDLL('liby.so')\n"
NO_OTHERS = Others(lambda *_: ())
MOST_CALLS = 250_000
"""Calls of functions, Python's and C's, for a budget of 10,000 steps and the parsed source."""


def lines(count: int, line: str) -> str:
    """Return a line so many times, with its number in the place of `#`."""
    return "".join(line.replace("#", str(number)) for number in range(count))


SHAPES = {
    "calls of a parameter, and callers": "def f(a):\n" + " ctypes.CDLL(a)\n" * 1000 + "f(1)\n" * 3000,
    "callers in the function itself": "def f(a):\n" + " ctypes.CDLL(a)\n" * 500 + " f(1)\n" * 3000,
    "functions of one name": "def f(a):\n f(a)\n ctypes.CDLL(a)\n" * 800,
    "callers of callers": (
        "def f(a):ctypes.CDLL(a)\n"
        "def g(a):\n" + " f(a)\n" * 60 + "def h(a):\n" + " g(a)\n" * 60 + "def i(a):\n" + " h(a)\n" * 60
    ),
    "different libraries": lines(1000, "ctypes.CDLL('lib#.so')\n"),
    "libraries with one name in common": lines(1000, "ctypes.CDLL('liba.so' or 'lib#.so')\n"),
    "questions to find_library": lines(1500, "find('x#')\n"),
    "names near a loader": "ctypes.CDLL(x)\n" + lines(2000, "'lib#.so'\n"),
    "attempts": lines(500, "try:\n ctypes.CDLL('lib#.so')\nexcept OSError:\n ctypes.CDLL('libx#.so')\n"),
    "assignments, and uses": "a = b\n" * 2000 + "ctypes.CDLL(a)\n" * 1000,
    "sums of a name": "a = a + a\n" * 1500 + "ctypes.CDLL(a + a)\n" * 800,
    "loops over a name": "for a in b: q\n" * 1500 + "ctypes.CDLL('%s' % a)\n" * 800,
    "a dictionary": "d = {" + lines(2000, "#: 1, ") + "}\n" + "ctypes.CDLL(d[1])\n" * 1000,
    "parameters": "def f(" + lines(2000, "a#, ") + "):\n" + " ctypes.CDLL(a1)\n" * 1000,
    "exits": "try:\n" + " ctypes.CDLL('l.so')\n" * 1000 + "except E: pass\n" + "raise\n" * 2000,
    "conditions on a name": "a = a\nif a: b\n" * 1500,
    "a condition on itself": "q = " + "q or " * 500 + "q\nif q: b\n",
    "products": "a = 'a', 'b', 'c'\n" + "ctypes.CDLL(a + a + a + a + a)\n" * 1000,
    "searches, and returns": "def f():\n" + " if not shutil.which('a'): return\n ctypes.CDLL('l.so')\n" * 1000,
    "subclasses that name programs": lines(500, "class C#(D):\n a = 'x#'\n") + "shutil.which(self.a)\n" * 500,
    "shell commands": f"import os\na = '{'a | ' * 400}'\n" + "os.system(a)\n" * 500,
    "strings of strings": f"a = '{'a' * 9000}', 'b'\nb = f'{'{a}' * 900}'\nctypes.CDLL(f'{'{b}' * 900}')\n",
}


COSTLY = {
    "functions that are handed on": "submit(" + "submit, " * 60 + ")\n",
    "attributes that say nothing": "self.x = None\n" * 100 + "ctypes.CDLL(a.x)\n" * 100,
    "bases of a class, and its calls": "class C(" + "a, " * 150 + "): pass\n" + "C()\n" * 100,
    "exits behind searches": "def f():\n" + " shutil.which('a')\n" * 100 + " if g():\n  raise\n" * 100,
    "parameters of a function that is not reached": (
        "def f(" + lines(200, "a#=1, ") + "b=0):\n if b:\n" + "  ctypes.CDLL(a1)\n" * 10 + "f()\n" * 60
    ),
    "uses of a long string": f"a = '{'a' * 100_000}'\n" + "db.execute(a)\n" * 50,
    "long strings put together": "a = (" + lines(64, f"'#{'x' * 8000}',") + ")\nctypes.CDLL(a[b] + a[b])\n",
    "choices in choices": "from shutil import which as f\n"
    + "f(" * 60
    + "a("
    + "1, " * 500
    + ")"
    + ") or b" * 60
    + "\n",
}
"""Shapes that are more than 10,000 steps."""


def calls_of(work: Callable[[], object]) -> int:
    """Return how many functions are called, Python's and C's."""
    count = 0

    def see(_: object, event: str, __: object) -> None:
        nonlocal count
        count += event in {"call", "c_call"}

    before = sys.getprofile()
    sys.setprofile(see)
    try:
        work()
    except StepLimitError:
        pass
    finally:
        sys.setprofile(before)
    return count


@pytest.mark.parametrize("source", SHAPES.values(), ids=SHAPES)
def test_no_source_causes_more_work_than_its_steps(source: str) -> None:
    """Whatever a source repeats, the work ends with the budget."""
    text = (HEAD + source).encode()
    assert calls_of(lambda: named_by([Source("p.py", text)], NO_OTHERS, steps=Steps(10_000))) < MOST_CALLS


@pytest.mark.parametrize("source", COSTLY.values(), ids=COSTLY)
def test_work_in_loops_is_counted(source: str) -> None:
    """What grows with the product of two numbers in a source takes steps."""
    with pytest.raises(StepLimitError):
        named_by([Source("p.py", (HEAD + source).encode())], NO_OTHERS, steps=Steps(10_000))


def test_only_a_few_names_are_searched_for_in_other_sources() -> None:
    """Each of them costs a look at each of the sources."""
    text = HEAD + "import subprocess\n" + lines(1000, "subprocess.run(self.attribute#)\n")
    asked: list[Wanted] = []
    named_by([Source("p.py", text.encode())], Others(lambda wanted, _: asked.append(wanted) or []))  # type: ignore[func-returns-value]
    assert [len(wanted.attributes) for wanted in asked] == [100]


def test_the_limit_depends_on_the_source_alone() -> None:
    """The same source takes the same steps each time: so does a lock on a slow machine."""
    left = []
    for _ in range(2):
        steps = Steps()
        named_by([Source("p.py", (HEAD + SHAPES["attempts"]).encode())], NO_OTHERS, steps=steps)
        left.append(steps.left)
    assert left[0] == left[1] > 0


def test_what_a_function_opens_for_many_callers_is_not_listed() -> None:
    """A function with more callers than count is not searched for each of them."""
    steps = Steps()
    text = (HEAD + SHAPES["calls of a parameter, and callers"]).encode()
    assert len(named_by([Source("p.py", text)], NO_OTHERS, steps=steps).references) == 1
    assert steps.left > 0


def test_a_source_with_too_many_marks_is_not_parsed() -> None:
    """The parser takes a kilobyte and some microseconds for each: they are counted before."""
    text = b"f(1)\n" * (MOST_MARKS // 2)
    assert count_marks(text) == len(text) * 3 // 5
    assert parse_python(text) is None
    with pytest.raises(StepLimitError):
        named_by([Source("p.py", text)], NO_OTHERS)


def test_a_name_longer_than_file_names_is_none() -> None:
    """It is not even matched."""
    assert library_name("lib" + "a" * 249 + ".so") == "lib" + "a" * 249 + ".so"
    assert library_name("lib" + "a" * 250 + ".so") == ""
    assert library_name("lib" + ".so.0" * 100_000 + "-") == ""
    assert library_name("-l" + "a" * 256) == program_name("a" * 256) == ""
