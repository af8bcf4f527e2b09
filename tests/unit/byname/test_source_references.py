"""What Python sources name, each form of it as it is in a real distribution."""

from __future__ import annotations

import ast
import gc

import pytest

from builders.sources import BASE, brief, named, source
from pip_sysdeps.byname.libraries import library_name
from pip_sysdeps.byname.source_references import Others, named_by
from pip_sysdeps.model.needs import ReferenceKind

LIBRARIES = {
    "a literal": ("import ctypes\nctypes.CDLL('libfoo.so.1')", ["libfoo.so.1"]),
    "from an import": ("from ctypes import PyDLL as P\nP('libfoo.so.1')", ["libfoo.so.1"]),
    "a star import": ("from ctypes import *\nCDLL('libfoo.so.1')", ["libfoo.so.1"]),
    "cdll": ("from ctypes import cdll\ncdll.LoadLibrary('libfoo.so.1')", ["libfoo.so.1"]),
    "find_library": ("from ctypes.util import find_library as f\nf('foo-1.0')", ["-lfoo-1.0"]),
    "cffi": ("ffi.dlopen('libfoo.so.1')", ["libfoo.so.1"]),
    "a module variable": ("import ctypes\nNAME = 'libfoo.so.1'\nctypes.CDLL(NAME)", ["libfoo.so.1"]),
    "a whole path": ("import ctypes\nctypes.CDLL('/usr/lib/x86_64-linux-gnu/libfoo.so.1')", ["libfoo.so.1"]),
    "or": (
        "from ctypes import CDLL\nfrom ctypes.util import find_library\nCDLL(find_library('foo') or 'libfoo.so.0')",
        ["-lfoo", "libfoo.so.0"],
    ),
    "a loop over a tuple": (
        """
        import ctypes
        for name in ('libfoo.so', 'libfoo.so.0', 'foo.dll', 'libfoo.dylib'):
            try:
                lib = ctypes.cdll.LoadLibrary(name)
                break
            except OSError:
                pass
        else:
            raise ImportError
        """,
        ["libfoo.so", "libfoo.so.0"],
    ),
    "words of a string": (
        "from ctypes.util import find_library\nfor n in 'foo foo-3'.split():\n    find_library(n)",
        ["-lfoo", "-lfoo-3"],
    ),
    "a product": (
        """
        import ctypes, itertools
        versions, options = ('', '-7'), ('', '.Q16')
        for suffix in [v + o for v, o in itertools.product(versions, options)]:
            ctypes.util.find_library('Foo' + suffix)
        """,
        ["-lFoo", "-lFoo.Q16", "-lFoo-7", "-lFoo-7.Q16"],
    ),
    "numbers of a range": (
        """
        import ctypes
        base = 'lib' + 'foo' + '.so'
        tried = [base]
        tried.extend(list(reversed([base + '.%i' % i for i in range(0, 2)])))
        for name in tried:
            ctypes.CDLL(name)
        """,
        ["libfoo.so", "libfoo.so.0", "libfoo.so.1"],
    ),
    "an f-string and format": (
        "import ctypes\nv = '3'\nctypes.CDLL(f'libfoo.so.{v}' if v else 'lib{}.so.1'.format('bar'))",
        ["libfoo.so.3", "libbar.so.1"],
    ),
    "a number": (
        "import ctypes\ndef name(stem, abi=3):\n    return f'lib{stem}.so.{abi}'\nctypes.CDLL(name('foo', 42))",
        ["libfoo.so.42"],
    ),
    "a dictionary": (
        "import ctypes\nNAMES = {'a': 'libfoo.so.1', 'b': 'libbar.so.1'}\nctypes.CDLL(NAMES['b'])",
        ["libbar.so.1"],
    ),
    "a default of the environment": (
        "import ctypes, os\nctypes.CDLL(os.environ.get('FOO') or os.getenv('BAR', 'libfoo.so.1'))",
        ["libfoo.so.1"],
    ),
    "what a function gives back": (
        "import ctypes\ndef names():\n    yield 'libfoo.so.1'\nfor name in names():\n    ctypes.CDLL(name)",
        ["libfoo.so.1"],
    ),
    "an attribute": (
        """
        import ctypes
        class Loader:
            name = 'libfoo.so.1'
            def load(self):
                return ctypes.CDLL(self.name)
        """,
        ["libfoo.so.1"],
    ),
    "a loader in a variable": (
        "from ctypes import CDLL\nloader = CDLL\nloader('libfoo.so.1')",
        ["libfoo.so.1"],
    ),
    "cffi, which asks find_library": ("import cffi\nffi = cffi.FFI()\nffi.dlopen('pulse')", ["-lpulse"]),
    "cffi, with a file name": ("import cffi\nffi = cffi.FFI()\nffi.dlopen('libfoo.so.1')", ["libfoo.so.1"]),
    "another name for the same variable later": (
        "from ctypes.util import find_library as f\nimport ctypes\np = f('a')\np = f('b')\nctypes.CDLL(p)",
        ["-lb"],
    ),
}


@pytest.mark.parametrize(("source", "names"), LIBRARIES.values(), ids=LIBRARIES)
def test_a_library(source: str, names: list[str]) -> None:
    """Each form of naming a library is read; what only another system has is left out."""
    found = [each for each in named(source) if set(each.names) >= set(names)]
    assert brief(tuple(found)) == [("high", "library", names)]


def test_wrappers_of_wrappers_across_modules() -> None:
    """Each outermost call is a reference of its own, with its text and file."""
    found = named(
        "from .m2 import load\nA = load('foo')\nB = load('bar')\n",
        "import ctypes\ndef open_it(name, end='.so.1'):\n    return ctypes.CDLL('lib' + name + end)\n",
        "from . import m1\ndef load(name):\n    return m1.open_it(name)\n",
    )
    assert [(each.names, each.by, each.evidence) for each in found] == [
        (("libbar.so.1",), (f"{BASE}/pkg/__init__.py",), "load('bar')"),
        (("libfoo.so.1",), (f"{BASE}/pkg/__init__.py",), "load('foo')"),
    ]


GUARDS = {
    "try:\n    ctypes.CDLL('libfoo.so.1')\nexcept OSError:\n    pass": "medium",
    "try:\n    ctypes.CDLL('libfoo.so.1')\nexcept OSError as e:\n    raise ImportError from e": "high",
    "with contextlib.suppress(OSError):\n    ctypes.CDLL('libfoo.so.1')": "medium",
    "try:\n    ctypes.CDLL('libfoo.so.1')\nexcept OSError:\n    x = 1\nif x:\n    raise ImportError": "high",
}


@pytest.mark.parametrize(("body", "confidence"), GUARDS.items())
def test_what_the_code_does_without(body: str, confidence: str) -> None:
    """A failure that the code continues after is medium; one after which it gives up is not."""
    assert brief(named(f"import contextlib, ctypes\n{body}")) == [(confidence, "library", ["libfoo.so.1"])]


TRIES = """
def load(*names, optional=False, **more):
    for name in names:
        with contextlib.suppress(OSError):
            return ctypes.CDLL(name)
    if optional:
        return None
    {0}
"""
HANDLES = """
class Loader:
    def load(self, name, required=True):
        try:
            return ctypes.CDLL(name)
        except OSError:
            {0}
"""
FALLS_BACK, RAISES = TRIES.format("return ctypes.CDLL(names[0])"), TRIES.format("raise ImportError(names)")
IF_REQUIRED = HANDLES.format("if required: raise")
UNLESS_NOT = HANDLES.format("if not required: return None\n            raise")
CALLERS = [
    (FALLS_BACK, "load('libfoo.so.1')", "high"),
    (FALLS_BACK, "load('libfoo.so.1', optional=True)", "medium"),
    (FALLS_BACK, "load('libfoo.so.1', optional=flag)", "high"),
    (FALLS_BACK, "load('libfoo.so.1', **{'optional': True})", "high"),
    (FALLS_BACK.replace("for name", "optional = 1\n    for name"), "load('libfoo.so.1', optional=True)", "high"),
    (RAISES, "load('libfoo.so.1')", "high"),
    (RAISES, "load('libfoo.so.1', optional=True)", "medium"),
    (IF_REQUIRED, "Loader().load('libfoo.so.1')", "high"),
    (IF_REQUIRED, "Loader().load('libfoo.so.1', False)", "medium"),
    (IF_REQUIRED, "Loader().load('libfoo.so.1', *rest)", "high"),
    (IF_REQUIRED.replace("if required", "if debug"), "Loader().load('libfoo.so.1', False)", "high"),
    (UNLESS_NOT, "Loader().load('libfoo.so.1')", "high"),
    (UNLESS_NOT, "Loader().load('libfoo.so.1', required=False)", "medium"),
]


@pytest.mark.parametrize(("function", "call", "confidence"), CALLERS)
def test_a_caller_says_whether_the_code_does_without(function: str, call: str, confidence: str) -> None:
    """By a constant, or the default, for a parameter on which the function gives up or continues; `allow_fail=True`."""
    found = named(f"import contextlib, ctypes\n{function}\n{call}\n")
    assert brief(found) == [(confidence, "library", ["libfoo.so.1"])]


UNKNOWN = {
    "a value that is computed at run time": ("ctypes.CDLL(pick(TABLE))", [ReferenceKind.LIBRARY]),
    "a name of another system": ("ctypes.CDLL('foo.dll')", []),
    "a file of its own": ("ctypes.CDLL(os.path.join(os.path.dirname(__file__), 'libown.so'))", []),
    "what a caller gives": ("def load(path):\n    return ctypes.CDLL(path)", []),
    "the program itself": ("ctypes.CDLL(None)", []),
    "a program": ("os.system(pick(TABLE))", [ReferenceKind.PROGRAM]),
    "a program from the environment": ("os.system(os.environ['EDITOR'])", [ReferenceKind.PROGRAM]),
    "its own Python": ("import sys\nos.popen(f'{sys.executable} -m x')", []),
    "an extension of SQLite": ("db.load_extension(pick(TABLE))", [ReferenceKind.FILE]),
    "a statement": ("db.execute(pick(TABLE))", []),
}


@pytest.mark.parametrize(("body", "kinds"), UNKNOWN.values(), ids=UNKNOWN)
def test_names_that_only_a_run_makes(body: str, kinds: list[ReferenceKind]) -> None:
    """A source that opens or runs what cannot be evaluated is noted; what is known, or a caller's choice, is not."""
    text = f"import ctypes, os\nTABLE = [('libfoo.so.1', 3)]\n{body}\n"
    found = named_by([source("m.py", text)], Others(lambda *_: ()))
    assert found.unknown == tuple((kind, f"{BASE}/m.py") for kind in kinds)


PROGRAMS = {
    "a list": ("import subprocess\nsubprocess.run(['foo', '-x'])", ["foo"]),
    "a list that grows": ("import subprocess\na = ['foo']\na.append('x')\na += ['y']\nsubprocess.Popen(a)", ["foo"]),
    "a sum": ("from subprocess import check_output\ncheck_output(['foo'] + options)", ["foo"]),
    "what a function gives back": (
        "import subprocess\ndef tool():\n    return 'foo'\nsubprocess.run([tool(), '-x'])",
        ["foo"],
    ),
    "a shell command": ("import os\nos.system('foo -v > x')", ["foo"]),
    "a whole path": ("import subprocess\nsubprocess.call(['/usr/bin/foo'])", ["foo"]),
    "a wrapper": ("import subprocess\ndef run(args):\n    subprocess.run(args)\nrun(['foo', 'bar'])", ["foo"]),
    "a rest": ("import subprocess\ndef run(*args):\n    subprocess.run([*args])\nrun('foo', 'bar')", ["foo"]),
    "the last of several definitions": (
        "import subprocess\ndef run(c): ...\ndef run(c):\n    subprocess.run(c)\nrun(['foo'])",
        ["foo"],
    ),
    "what a generator yields first": (
        "import subprocess\ndef command():\n    yield 'foo'\n    yield 'bar'\nsubprocess.run(list(command()))",
        ["foo"],
    ),
    "an empty list that grows": (
        "import subprocess\na = []\na.append('foo')\na.append('bar')\nsubprocess.run(a)",
        ["foo"],
    ),
    "a default of keyword arguments": (
        """
        import subprocess
        class A:
            def __init__(self, **kwargs):
                self.path = kwargs.pop('path', 'foo')
            def run(self, name):
                command = [self.path]
                command += [name]
                subprocess.run(command)
            def status(self):
                self.run('status')
        """,
        ["foo"],
    ),
    "a property": (
        """
        import subprocess
        class A:
            @property
            def program(self):
                return 'foo'
            def run(self):
                subprocess.run([self.program, '-x'])
        """,
        ["foo"],
    ),
    "a partial": (
        "import functools, subprocess\nrun = functools.partial(subprocess.run, check=True)\nrun(['foo'])",
        ["foo"],
    ),
    "a line that is split": ("import shlex, subprocess\nsubprocess.run(shlex.split('foo -x ' + name))", ["foo"]),
    "a setting with a default": ("import conf, subprocess\nsubprocess.run([getattr(conf, 'FOO', 'foo')])", ["foo"]),
    "items made strings": ("import subprocess\nsubprocess.run(list(map(str, ['foo', 1])))", ["foo"]),
    "this platform's item": (
        "import subprocess, sys\nT = {'darwin': 'bar', 'linux': 'foo'}\nsubprocess.run([T[sys.platform]])",
        ["foo"],
    ),
    "the constructor of a base class": (
        """
        import subprocess
        class A:
            def __init__(self, program):
                self._program = program
            def start(self):
                subprocess.Popen([self._program])
        class B(A):
            def __init__(self):
                A.__init__(self, 'foo')
        """,
        ["foo"],
    ),
    "asyncio": ("import asyncio, subprocess\nasyncio.create_subprocess_exec('foo', 'x')", ["foo"]),
}


def test_the_default_of_a_parameter_counts_beside_what_callers_give() -> None:
    """Others call a public function, too, and leave the parameter out; those of a private one are all known."""
    text = "import subprocess\ndef {0}(exe='foo'):\n    subprocess.run([exe])\n{0}('bar')"
    assert {each.names for each in named(text.format("run"))} == {("foo",), ("bar",)}
    assert {each.names for each in named(text.format("_run"))} == {("bar",)}


@pytest.mark.parametrize(("source", "names"), PROGRAMS.values(), ids=PROGRAMS)
def test_a_program(source: str, names: list[str]) -> None:
    """Each form of naming a program is read."""
    assert brief(named(source)) == [("high", "program", names)]


SEVERAL = {
    "import os\nos.system(f'cd {x} && foo ' + y)": {("cd",), ("foo",)},
    "import os\nos.system('cat %s | foo' % x)": {("cat",), ("foo",)},
    "import subprocess\nsubprocess.run(['nice', '-n', '10', 'foo', x])": {("nice",), ("foo",)},
    "import subprocess\ndef run(*c):\n    subprocess.run(['sudo', *c])\nrun('foo', 'x')": {("sudo",), ("foo",)},
}


@pytest.mark.parametrize(("source", "names"), SEVERAL.items())
def test_a_command_that_runs_several_programs(source: str, names: set[tuple[str, ...]]) -> None:
    """Each is a need of its own; a part that is computed hides no other part."""
    assert {each.names for each in named(source)} == names


BASE_CLASS = """
import subprocess
class Driver:
    tool = None
    def dump(self):
        subprocess.run({})
"""
SUBCLASSES = {
    "[self.tool]": "    tool = '{}'",
    "[*self.tool]": "    tool = ['{}', '-x']",
    "[self.tool()]": "    def tool(self):\n        return '{}'",
    "self.tool": "    @property\n    def tool(self):\n        return ['{}', '-x']",
}


@pytest.mark.parametrize(("command", "body"), SUBCLASSES.items())
def test_the_programs_of_subclasses(command: str, body: str) -> None:
    """Each is for another case, and none stands for another one."""
    classes = (f"class {name.title()}(Driver):\n{body.format(name)}\n" for name in ("foo", "bar"))
    found = named(BASE_CLASS.format(command) + "".join(classes))
    assert {each.names for each in found} == {("foo",), ("bar",)}


FOUND_FIRST = {
    "if path:\n        return ctypes.CDLL(path)": "medium",
    "if path is None:\n        return None\n    return ctypes.CDLL(path)": "medium",
    "if path is None:\n        raise OSError\n    return ctypes.CDLL(path)": "high",
    "if debug:\n        return None\n    return ctypes.CDLL(path)": "high",
}


@pytest.mark.parametrize(("body", "confidence"), FOUND_FIRST.items())
def test_a_library_that_is_looked_for_first(body: str, confidence: str) -> None:
    """The code continues without it if a condition on the result leads around the call, and raises nothing."""
    source = f"import ctypes, ctypes.util\ndef load():\n    path = ctypes.util.find_library('foo')\n    {body}"
    assert brief(named(source)) == [(confidence, "library", ["-lfoo"])]


CHOICES = {
    "x = which('foo') or which('bar')\nif x is None:\n    raise OSError": [("high", False)],
    "x = which('foo') or which('bar')": [("medium", True)],
    "def f():\n    for x in ('foo', 'bar'):\n        if which(x):\n            return x\n    raise OSError": [
        ("high", False)
    ],
    "def f():\n    for x in ('foo', 'bar'):\n        if which(x):\n            return x": [("medium", True)],
}


@pytest.mark.parametrize(("body", "expected"), CHOICES.items())
def test_one_of_several_programs(body: str, expected: list[tuple[str, bool]]) -> None:
    """They are alternatives; if the code fails without any of them, one is surely run."""
    found = named(f"from shutil import which\n{body}")
    assert {each.names for each in found} == {("foo", "bar")}
    assert [(each.confidence.value, each.unsure) for each in found] == expected


AT_IMPORT = {
    "subprocess.run(['foo'])": True,
    "def run(name):\n    subprocess.run([name])\nrun('foo')": True,
    "def tool(name):\n    def run():\n        subprocess.run([name])\n    return run\nrun = tool('foo')": False,
    "run = lambda: subprocess.run(['foo'])": False,
    "run = functools.partial(subprocess.run, ['foo'])": False,
    "def tool(name):\n    return lambda: subprocess.run([name])\ntool('foo')": False,
}


@pytest.mark.parametrize(("body", "required"), AT_IMPORT.items())
def test_an_import_that_runs_a_program(body: str, required: bool) -> None:
    """It fails without the program, unless it only makes an object or a function that runs the program later."""
    (found,) = named(f"import functools, subprocess\n{body}")
    assert found.required is required


FILES = {
    "a statement of SQL": (
        "import sqlite3\ndb = sqlite3.connect('')\ndb.execute(\"SELECT load_extension('mod_foo')\")",
        ("high", ["/usr/lib/*/mod_foo.so"]),
    ),
    "several typelibs": (
        "import gi\nWANTED = {'Foo': '1.0'}\ngi.require_versions(WANTED)",
        ("high", ["/usr/lib/*/girepository-1.0/Foo-1.0.typelib"]),
    ),
    "a typelib for who calls": (
        "import gi\ndef enable():\n    gi.require_version('Foo', '1.0')",
        ("medium", ["/usr/lib/*/girepository-1.0/Foo-1.0.typelib"]),
    ),
}


@pytest.mark.parametrize(("source", "expected"), FILES.values(), ids=FILES)
def test_a_file(source: str, expected: tuple[str, list[str]]) -> None:
    """A typelib that nothing in the distribution asks for is offered to its callers."""
    assert [(each.confidence.value, list(each.names)) for each in named(source)] == [expected]


UNSURE = {
    "subprocess.run(['foo'])": False,
    "subprocess.run(['foo'])\nif shutil.which('foo'):\n    x = 1": True,
    "subprocess.run(['foo'])\ntry:\n    subprocess.run(['foo', '--version'])\nexcept OSError:\n    pass": True,
    "foo_binary = 'foo'\nsubprocess.run([foo_binary])": False,
}


@pytest.mark.parametrize(("body", "unsure"), UNSURE.items())
def test_a_program_that_other_code_does_without(body: str, unsure: bool) -> None:
    """It is run somewhere without a condition, and looked for or tried elsewhere; nor does a setting run anything."""
    (found,) = named(f"import shutil, subprocess\n{body}")
    assert (found.names, found.confidence.value, found.unsure) == (("foo",), "high", unsure)


SEARCHES = {
    "shutil.which('foo')": "medium",
    "foo_exe = shutil.which('foo')": "medium",
    "if not shutil.which('foo'):\n    raise OSError": "high",
    "x = shutil.which('foo')\nif x is None:\n    raise OSError\nsubprocess.run([x])": "high",
    "x = shutil.which('foo')\nif x is not None:\n    subprocess.run([x])": "medium",
    "x = shutil.which('foo')\nif x:\n    y = x\nif not found:\n    raise OSError": "medium",
    "if shutil.which('foo'):\n    subprocess.run(['foo'])": "medium",
    "subprocess.run([shutil.which('foo'), '-x'])": "high",
}


@pytest.mark.parametrize(("body", "confidence"), SEARCHES.items())
def test_a_program_that_is_looked_for(body: str, confidence: str) -> None:
    """One that is used only if it is there is medium; one that is run anyhow, or without which it gives up, is not."""
    assert brief(named(f"import shutil, subprocess\n{body}")) == [(confidence, "program", ["foo"])]


def test_a_choice_of_programs() -> None:
    """Of programs that are asked for in turn none alone is demanded, though the code gives up without all of them."""
    body = "if shutil.which('foo'):\n    a = 1\nelif shutil.which('bar'):\n    a = 2\nelse:\n    raise OSError"
    assert brief(named(f"import shutil\n{body}")) == [("medium", "program", ["bar"]), ("medium", "program", ["foo"])]


NOTHING = [
    "import ctypes\nctypes.CDLL(None)",
    "import subprocess\na = [tool()]\na += ['foo']\nsubprocess.run(a)",
    "import ctypes\nctypes.CDLL('foo.dll')",
    "import ctypes\nctypes.CDLL('/opt/homebrew/lib/libfoo.dylib')",
    "import subprocess\nsubprocess.run(['foo.exe'])",
    "import ctypes\nctypes.CDLL('libfoo.so.1'",
    "import ctypes\ndef f(x):\n    return f(x)\nctypes.CDLL(f('libfoo'))",
]


@pytest.mark.parametrize("source", NOTHING)
def test_no_reference(source: str) -> None:
    """A file of one's own, another system's library, and what cannot be read or told is no reference."""
    assert named(source) == ()


def test_no_syntax_tree_is_left() -> None:
    """Everything is freed without the garbage collector, which a command switches off."""

    def count() -> int:
        return sum(isinstance(each, ast.Call) for each in gc.get_objects())

    gc.collect()
    gc.disable()
    try:
        before = count()
        kept = "class C:\n a = f()\nb = ['glpsol', g()]\n"
        assert named(f"import subprocess\n{kept}def run(c):\n d = c or h()\n subprocess.run(d)\nrun(b)\n")
        assert count() == before
    finally:
        gc.enable()


def test_hostile_sources_end() -> None:
    """Nested and endless expressions are bounded."""
    nested = "import ctypes\nctypes.CDLL(" + "(" * 150 + "'libfoo.so.1'" + ")" * 150 + ")"
    doubling = "import ctypes\na0 = ['a', 'b']\n" + "\n".join(
        f"a{n + 1} = [x + y for x in a{n} for y in a{n}]" for n in range(60)
    )
    assert brief(named(nested)) == [("high", "library", ["libfoo.so.1"])]
    assert named(f"{doubling}\nctypes.CDLL(a60)") == ()
    assert isinstance(ast.parse(doubling), ast.Module)


HUGE = "0x" + "f" * 5000
"""A number that Python parses, and of which it makes no text."""


@pytest.mark.parametrize(
    "source",
    [
        f"ctypes.CDLL('libfoo.so.1', {HUGE})",
        f"with a({HUGE}): ctypes.CDLL('libfoo.so.1')",
        f"ctypes.CDLL('libfoo.so.1')\nctypes.CDLL({HUGE})",
        f"ctypes.CDLL('libfoo.so.1')\nf(a or {HUGE}, g({HUGE}) or {HUGE})",
        f"ctypes.CDLL('libfoo.so.1', {'-'.join('1' * 900)})",
        "@dataclass\nclass A:\n  \U0001d422\U0001d41f: int = 1\nctypes.CDLL('libfoo.so.1')",
    ],
)
def test_no_expression_is_an_error(source: str) -> None:
    """Huge numbers, deep expressions and names that are keywords in other letters are passed over."""
    assert brief(named(f"import ctypes\n{source}\n")) == [("high", "library", ["libfoo.so.1"])]


def test_imports_in_a_circle() -> None:
    """A variable that modules import from each other has no value."""
    sources = [
        f"import gi\nfrom pkg.m{n} import a\ngi.require_versions(a)\ngi.require_version(a, a)\n" for n in (1, 2, 1)
    ]
    assert named(*sources) == ()


@pytest.mark.parametrize(
    ("text", "name"),
    [
        ("libfoo.so.1", "libfoo.so.1"),
        ("/lib64/libfoo.so", "libfoo.so"),
        ("/usr/local/lib/libfoo.so", ""),
        ("libfoo", ""),
        ("-lfoo-1.0", "-lfoo-1.0"),
        ("-lfoo.dll", ""),
        ("-llib\\foo", ""),
    ],
)
def test_library_names(text: str, name: str) -> None:
    """Only what glibc's loader may find where packages put libraries is a name."""
    assert library_name(text) == name


def test_the_first_item_of_a_command_is_its_program() -> None:
    """Where code takes it out of the list by its place, and whatever it does with it then."""
    source = """
        import shutil, subprocess
        def run(command):
            found = shutil.which(str(command[0]))
            if found:
                command = [found] + [str(each) for each in command[1:]]
            subprocess.check_call(command)
        run(["foo", "bar"])
    """
    assert [each.names for each in named(source)] == [("foo",)]
