"""What code opens and runs by name, in the shapes of real reports, locked for both releases with the shipped index."""

from __future__ import annotations

import re
from pathlib import Path
from typing import TYPE_CHECKING

import pytest

from builders.elf import Elf
from builders.system import PROGRAM, write_library
from builders.venv import install, make_interpreter, make_venv
from pip_sysdeps.lock.text import loads
from pip_sysdeps.system.toml import parse_toml

if TYPE_CHECKING:
    from builders.desk import Desk
    from pip_sysdeps.lock.document import LockedNeed, Target

SHAPES = parse_toml(Path(__file__).parents[1].joinpath("data", "named_shapes.toml").read_text(encoding="utf-8"))
RELEASES = ("bookworm", "trixie")

RUN = "import subprocess\n"
OPEN = "import ctypes\n"


def dedent(text: str) -> str:
    """Return a source without the indentation that a part of its lines has in this file."""
    return re.sub(r"(?m)^ {12}", "", text)


LINES = {
    "the release lacks the one of a choice that is tried again": (
        {
            "__init__": RUN
            + """import shutil
            def find():
                for name in ['glpsol', 'glpsol-bin']:
                    if shutil.which(name):
                        return name
                try:
                    subprocess.check_output(['glpsol-bin', '--version'])
                except Exception:
                    pass
                raise FileNotFoundError
            """
        },
        "glpk-utils",
    ),
    "the release lacks the library of a choice that is opened again": (
        {
            "__init__": OPEN
            + """def load():
                for name in ['libglpk.so.40', 'libglpk.so.99']:
                    try:
                        return ctypes.CDLL(name)
                    except OSError:
                        continue
                raise ImportError
            def again():
                return ctypes.CDLL('libglpk.so.99')
            """
        },
        "libglpk40",
    ),
    "a wrapper in another module runs it": (
        {
            "__init__": "from .util import run\ndef go(f): run(['glpsol', f])",
            "util": RUN + "def run(c): subprocess.run(c)",
        },
        "glpk-utils",
    ),
    "the name is in another module": (
        {
            "__init__": RUN + "from .names import PROGRAM\ndef go(f): subprocess.run([PROGRAM, f])",
            "names": "PROGRAM = 'glpsol'",
        },
        "glpk-utils",
    ),
    "the module of names is imported": (
        {"__init__": RUN + "from . import names\ndef go(f): subprocess.run([names.P, f])", "names": "P = 'glpsol'"},
        "glpk-utils",
    ),
    "the name is handed on by a package": (
        {
            "__init__": "",
            "go": RUN + "from .conf import P\ndef go(f): subprocess.run([P, f])",
            "conf/__init__": "from .names import P",
            "conf/names": "P = 'glpsol'",
        },
        "glpk-utils",
    ),
    "an attribute keeps the command": (
        {
            "__init__": RUN
            + """
            class P:
                def __init__(self, cmd):
                    self.cmd = cmd
                def call(self):
                    subprocess.Popen(self.cmd)
            def go(f):
                P(["glpsol", f]).call()
            """
        },
        "glpk-utils",
    ),
    "a base class in another module runs what its subclass names": (
        {
            "base": RUN + "class B:\n    def go(self, f):\n        subprocess.run([self.program, f])",
            "__init__": "from .base import B\nclass G(B):\n    program = 'glpsol'",
            "main": "from . import G\ndef main(f): G().go(f)",
        },
        "glpk-utils",
    ),
    "the class above says None": (
        {
            "base": RUN + "class B:\n    program = None\n    def go(self): subprocess.run([self.program])",
            "__init__": "from .base import B\nclass G(B):\n    program = 'glpsol'",
        },
        "glpk-utils",
    ),
    "an attribute is given to a wrapper of another module": (
        {
            "__init__": "from . import util\nclass G:\n    p = 'glpsol'\n    def go(self): util.execute([self.p])",
            "util": RUN + "def execute(c, **kw): return subprocess.run(c, **kw)",
        },
        "glpk-utils",
    ),
    "a subclass gives the name to the class above": (
        {
            "__init__": RUN
            + """
            class B:
                def __init__(self, exe):
                    self.exe = exe
                def go(self, f):
                    subprocess.check_call([self.exe, f])
            class G(B):
                def __init__(self):
                    super().__init__("glpsol")
            """
        },
        "glpk-utils",
    ),
    "the search is over a parameter": (
        {
            "__init__": """
            import shutil
            NAMES = ("no-such-solver", "glpsol")
            def find(names):
                for n in names:
                    p = shutil.which(n)
                    if p: return p
                raise RuntimeError("no solver")
            def go(): return find(NAMES)
            """
        },
        "glpk-utils",
    ),
    "a wrapper in another module opens it": (
        {
            "__init__": "from solve.util import load\nlib = load('libglpk.so.40')",
            "util": OPEN + "def load(c): return ctypes.CDLL(c)",
        },
        "libglpk40",
    ),
    "the library's name is in another module": (
        {"__init__": OPEN + "from .names import LIB\nlib = ctypes.CDLL(LIB)", "names": "LIB = 'libglpk.so.40'"},
        "libglpk40",
    ),
    "find_library is asked for a name of another module": (
        {
            "__init__": "from ctypes.util import find_library\nfrom .names import LIB\nfind_library(LIB)",
            "names": "LIB = 'glpk'",
        },
        "libglpk40",
    ),
    "without a version and then with one": (
        {
            "__init__": OPEN
            + """
            def load():
                for n in ("libEGL.so", "libEGL.so.1"):
                    try:
                        return ctypes.CDLL(n)
                    except OSError:
                        pass
                raise ImportError("no EGL")
            """
        },
        "libegl1",
    ),
    "a module gives up without it": (
        {"__init__": "import shutil\nif shutil.which('objdump') is None:\n    raise SystemExit('objdump is required')"},
        "binutils",
    ),
}  # fmt: skip

OFFERS = {
    "a program that the description does not name": (
        RUN + "def go(f): subprocess.run(['grn', f], check=True)",
        "groff",
    ),
    "a development package's library": (OPEN + "lib = ctypes.CDLL('libsndfile.so')", "libsndfile1-dev"),
    "a development package of another section": (OPEN + "lib = ctypes.CDLL('libEGL.so')", "libegl-dev"),
    "a development package of another name": (OPEN + "lib = ctypes.CDLL('libportaudio.so')", "portaudio19-dev"),
}


def locked(desk: Desk, place: str, release: str, modules: dict[str, str], about: str = "Runs glpsol") -> Target:
    """Return the lock of a distribution `solve` that has these modules, at a place of the desk's root."""
    texts = {f"solve/{name}.py": text.encode() for name, text in modules.items()}
    site = f"{place}/lib/python3.11/site-packages"
    metadata = {"METADATA": f"Name: solve\nVersion: 1.0\nSummary: {about}\n"}
    install(desk.root / site.lstrip("/"), "solve", files=texts, metadata=metadata)
    outcome = desk.run_lock("--path", site, "--target", f"debian-{release}-amd64")
    assert outcome.status == 0, outcome.err
    return loads(desk.lock.read_text()).target[0]


def offered(target: Target) -> list[LockedNeed]:
    """Return what is not in the line."""
    return [need for each in target.distribution for need in each.offered]


@pytest.mark.parametrize("release", RELEASES)
@pytest.mark.parametrize("case", LINES)
def test_the_line(desk: Desk, case: str, release: str) -> None:
    """The line has the one package."""
    modules, package = LINES[case]
    modules = {name: dedent(text) for name, text in modules.items()}
    assert list(locked(desk, "/here", release, modules).installs) == [package]


@pytest.mark.parametrize("release", RELEASES)
@pytest.mark.parametrize("case", OFFERS)
def test_an_offer(desk: Desk, case: str, release: str) -> None:
    """The line has nothing, and the lock offers the package with the place that names it."""
    text, package = OFFERS[case]
    target = locked(desk, "/here", release, {"__init__": text})
    assert target.installs == ()
    assert [(need.package, need.by) for need in offered(target)] == [(package, ("solve/__init__.py",))]


@pytest.mark.parametrize("case", SHAPES)
def test_a_shape(desk: Desk, case: str) -> None:
    """The line has the package; where the description does not name the program, it is offered at least."""
    package, *modules = SHAPES[case].items()
    wanted = {package[1]} - {""}
    assert set(locked(desk, "/here", "bookworm", dict(modules)).installs) == wanted
    other = locked(desk, "/other", "bookworm", dict(modules), about="Solves linear programs")
    assert {*other.installs, *(need.package for need in offered(other))} == wanted


FIND = RUN + "import shutil\ndef find():\n    return shutil.which('glpsol')\n"
SEARCH = RUN + "import shutil\nGLPSOL = shutil.which('glpsol')\n"
DONE_WITHOUT = {
    "a function returns it": f"{FIND}def go():\n    p = find()\n    if p is None: return\n    subprocess.run([p])",
    "it runs if it is found": f"{FIND}def go():\n    p = find()\n    if p:\n        subprocess.run([p])",
    "a variable has it": f"{SEARCH}def go():\n    if GLPSOL is None: return\n    subprocess.run([GLPSOL])",
    "it runs if a variable has it": f"{SEARCH}def go():\n    if GLPSOL:\n        subprocess.run([GLPSOL])",
    "nothing runs it": f"{FIND}def has():\n    return find() is not None",
}


@pytest.mark.parametrize("case", DONE_WITHOUT)
def test_a_program_that_code_does_without(desk: Desk, case: str) -> None:
    """It is neither in the line nor offered, if the description does not name it."""
    target = locked(desk, "/here", "bookworm", {"__init__": DONE_WITHOUT[case]}, about="Solves linear programs")
    assert (list(target.installs), offered(target)) == ([], [])


IMPORT = RUN + "import os, shutil, sys\n"
TRY = (
    "def find(name):\n    try:\n        return subprocess.check_output([name])\n"
    "    except OSError:\n        return None\nv = find('glpsol')\n"
)
NOT_REQUIRED = {
    "an early return": "def go(x=False):\n    if not x:\n        return\n    subprocess.run(['glpsol'])\ngo()",
    "an assertion that it is missing": "assert not shutil.which('glpsol')",
    "an assertion with a choice": "assert sys.platform or shutil.which('glpsol')",
    "an assertion in a function": "GLPSOL = shutil.which('glpsol')\ndef go():\n    assert GLPSOL",
    "a setting or a search": (
        "P = os.environ.get('X') or shutil.which('glpsol')\ndef go():\n    if P is None:\n        raise OSError"
    ),
    "a raise under a condition": f"{TRY}if not v:\n    if os.environ.get('STRICT'):\n        raise OSError",
    "a raise that is caught": f"{TRY}try:\n    if not v:\n        raise OSError\nexcept OSError:\n    v = None",
    "a comparison with False": f"{TRY}if v is False:\n    raise OSError",
    "a map that nothing reads": "jobs = map(subprocess.run, [['glpsol']])",
}


@pytest.mark.parametrize("case", NOT_REQUIRED)
def test_a_program_that_an_import_does_not_need(desk: Desk, case: str) -> None:
    """It is not in the line, if the description does not name it."""
    target = locked(desk, "/here", "bookworm", {"__init__": IMPORT + NOT_REQUIRED[case]}, about="Solves programs")
    assert list(target.installs) == []


CHOSEN = {
    "another goes before it": "c = ['glpsol', 'x']\nif os.getuid():\n    c.insert(0, 'strace')\nsubprocess.run(c)",
    "an unknown one goes before it": "c = ['glpsol', 'x']\nc.insert(0, os.environ['X'])\nsubprocess.run(c)",
    "a method of the same name": (
        "class A:\n    def cmd(self): return ['glpsol']\nclass B:\n    def cmd(self): return ['dot']\n"
        "subprocess.run(A().cmd())"
    ),
    "the first of a chain": "import itertools\nsubprocess.run(list(itertools.chain(['glpsol'], ['dot'])))",
}


@pytest.mark.parametrize("case", CHOSEN)
def test_the_program_of_a_command(desk: Desk, case: str) -> None:
    """It is the one that the list begins with, or that the object's own method returns."""
    assert list(locked(desk, "/here", "bookworm", {"__init__": IMPORT + CHOSEN[case]}).installs) == ["glpk-utils"]


KEYWORDS = {
    "another keyword first": "subprocess.run(cwd='objdump', check=True, args=['glpsol'])\n",
    "a later parameter first": "if shutil.which(path=PATH, cmd='glpsol') is None:\n    sys.exit()\n",
}


@pytest.mark.parametrize("case", KEYWORDS)
def test_a_program_passed_by_keyword(desk: Desk, case: str) -> None:
    """The keyword of the function's first parameter names it, wherever it stands."""
    assert list(locked(desk, "/here", "bookworm", {"__init__": IMPORT + KEYWORDS[case]}).installs) == ["glpk-utils"]


def test_no_program_among_unpacked_keywords(desk: Desk) -> None:
    """Those that do not name a program."""
    target = locked(desk, "/here", "bookworm", {"__init__": IMPORT + "subprocess.run(**{'cwd': 'glpsol'})\n"})
    assert (target.installs, target.distribution) == ((), ())


def test_an_offer_has_its_reason(desk: Desk) -> None:
    """A development package is offered with the word that it is one."""
    (need,) = offered(locked(desk, "/here", "trixie", {"__init__": OPEN + "ctypes.CDLL('libsndfile.so')"}))
    assert need.note == "only libsndfile1-dev has it, a development package"


MODULES = {
    "tkinter": "import tkinter\nclass W(tkinter.Frame): pass",
    "venv": "import venv\ndef go(): venv.create('/x', with_pip=True)",
}


@pytest.mark.parametrize("release", RELEASES)
@pytest.mark.parametrize("module", MODULES)
def test_a_module_apart_from_the_release_s_python(desk: Desk, module: str, release: str) -> None:
    """The package that the release splits off its own Python is in the line."""
    target = locked(desk, "/here", release, {"__init__": MODULES[module]})
    assert list(target.installs) == [f"python3-{'tk' if module == 'tkinter' else module}"]


OWN_LIBRARIES = {
    "_tkinter": Elf(needed=("libtcl8.6.so", "libtk8.6.so", "libc.so.6"), runpath="$ORIGIN/../.."),
    "libtcl8.6": Elf(soname="libtcl8.6.so", needed=("libz.so.1",)),
    "libtk8.6": Elf(soname="libtk8.6.so", needed=("libtcl8.6.so", "libX11.so.6")),
}


@pytest.mark.parametrize("brought", [{"_tkinter"}, {"_tkinter", "libtcl8.6", "libtk8.6"}])
def test_an_extension_module_of_another_python(desk: Desk, brought: set[str]) -> None:
    """The libraries that it needs are in the line; of those that come with that Python, what they need."""
    lib = "opt/python/lib"
    make_interpreter(desk.root, "/opt/python")
    write_library(desk.root, "/opt/python/bin/python3.11", PROGRAM).chmod(0o755)
    for name in brought:
        path = f"python3.11/lib-dynload/{name}.cpython-311-x86_64-linux-gnu.so" if name[0] == "_" else f"{name}.so"
        write_library(desk.root, f"/{lib}/{path}", OWN_LIBRARIES[name])
    site = make_venv(desk.root, "/opt/other", home="/opt/python/bin")
    install(site, "drawing", files={"drawing.py": b"import tkinter\n"})
    assert desk.run("lock", "--root", str(desk.root), "--python", "/opt/other").status == 0
    expected = "libtcl8.6 libtk8.6\n" if brought == {"_tkinter"} else "libx11-6\n"
    assert desk.run_apt_line().out == expected


MODULE_RUNS = {
    "its own Python": "subprocess.run([sys.executable, '-m', 'venv', p], check=True)",
    "any Python": "subprocess.run([python, '-m', 'venv', p], check=True)",
    "isolated": "subprocess.check_call([sys.executable, '-I', '-m', 'venv', p])",
    "with one option": "subprocess.check_call([sys.executable, '-Im', 'ensurepip', '--upgrade'])",
    "the Python on PATH": "subprocess.run(['python3', '-m', 'venv', p], check=True)",
    "a variable": "command = [sys.executable, '-m', 'venv']\n    command.append(p)\n    subprocess.run(command)",
    "a shell": "subprocess.run('python3 -m venv x', shell=True, check=True)",
    "an f-string": "os.system(f'{sys.executable} -m venv {p}')",
    "another module": "util.execute([sys.executable, '-m', 'venv', p])",
}


@pytest.mark.parametrize("case", MODULE_RUNS)
def test_a_module_apart_that_is_run(desk: Desk, case: str) -> None:
    """The package is offered with the place of the command; in the line if the title names the module."""
    modules = {
        "__init__": f"import os, subprocess, sys\nfrom . import util\ndef go(p):\n    {MODULE_RUNS[case]}",
        "util": RUN + "def execute(c): return subprocess.check_output(c)",
    }
    (need,) = offered(locked(desk, "/here", "bookworm", modules))
    assert (need.package, need.by) == ("python3-venv", ("solve/__init__.py",))
    titled = locked(desk, "/other", "bookworm", modules, about="Makes a venv or runs ensurepip")
    assert list(titled.installs) == ["python3-venv"]


NO_MODULE_RUNS = {
    "another module": "subprocess.run([sys.executable, '-m', 'pip', 'install', p])",
    "another program": "subprocess.run(['rm', '-m', 'venv'])",
    "an alternative": "subprocess.run(['virtualenv', p] if p else [sys.executable, '-m', 'venv', p])",
    "tried": "try:\n        subprocess.run([sys.executable, '-m', 'venv', p])\n    except Exception:\n        pass",
    "a condition": "if p: subprocess.run([sys.executable, '-m', 'venv', p])",
    "words": "log([sys.executable, '-m', 'venv', p])",
}


@pytest.mark.parametrize("case", NO_MODULE_RUNS)
def test_a_module_apart_that_may_not_be_run(desk: Desk, case: str) -> None:
    """Nothing is offered: what code can do without, or does under a condition, counts as for other programs."""
    text = f"import subprocess, sys\ndef go(p):\n    {NO_MODULE_RUNS[case]}"
    target = locked(desk, "/here", "bookworm", {"__init__": text})
    assert ([*target.installs], offered(target)) == ([], [])


def test_a_module_apart_that_runs_at_import(desk: Desk) -> None:
    """The package is in the line, as the distribution cannot be imported without it."""
    text = f"{RUN}import sys\nsubprocess.run([sys.executable, '-m', 'venv', '/x'], check=True)"
    assert list(locked(desk, "/here", "bookworm", {"__init__": text}).installs) == ["python3-venv"]


def test_a_module_apart_that_another_module_imports(desk: Desk) -> None:
    """The package is in the line: the distribution cannot be imported without it."""
    text = "import sys\nif sys.version_info >= (3,):\n    from distutils.sysconfig import get_python_lib"
    modules = {"__init__": "from .core import *", "core": "from . import helper", "helper": text}
    assert list(locked(desk, "/here", "bookworm", modules).installs) == ["python3-distutils"]


ENTRY_POINTS = {
    "an entry point": ("[gui_scripts]\nsolve = solve.gui:main", ["python3-tk"], []),
    "an entry point that imports it": ("[console_scripts]\nsolve = solve.app:main", ["python3-tk"], []),
    "an entry point for an extra": ("[gui_scripts]\nsolve = solve.gui:main [gui]", [], ["python3-tk"]),
    "a plugin": ("[other]\nsolve = solve.gui:main", [], ["python3-tk"]),
    "none": ("", [], ["python3-tk"]),
}


@pytest.mark.parametrize("case", ENTRY_POINTS)
def test_a_module_apart_that_a_program_imports(desk: Desk, case: str) -> None:
    """The package is in the line if a program of the distribution cannot start without it."""
    text, line, others = ENTRY_POINTS[case]
    modules = {"__init__": "", "app": "from .gui import main", "gui": "import tkinter\ndef main(): tkinter.Tk()"}
    entry_points = desk.root / "here/lib/python3.11/site-packages/solve-1.0.dist-info/entry_points.txt"
    entry_points.parent.mkdir(parents=True)
    entry_points.write_text(text)
    target = locked(desk, "/here", "bookworm", modules)
    assert ([*target.installs], [need.package for need in offered(target)]) == (line, others)


def test_a_module_apart_for_one_program_of_a_large_distribution(desk: Desk) -> None:
    """The package is offered, because that program may be one feature of many."""
    modules = {"__init__": "", "__main__": "import tkinter", **{f"module{number}": "" for number in range(100)}}
    target = locked(desk, "/here", "bookworm", modules)
    assert ([*target.installs], [need.package for need in offered(target)]) == ([], ["python3-tk"])


def test_a_module_apart_that_a_distribution_brings(desk: Desk) -> None:
    """With setuptools in the environment, its own distutils is imported."""
    site = desk.root / "here/lib/python3.11/site-packages"
    install(site, "setuptools", files={"_distutils_hack/__init__.py": b"", "setuptools/_distutils/core.py": b""})
    target = locked(desk, "/here", "bookworm", {"__init__": "import distutils.core, setuptools"})
    assert (list(target.installs), list(offered(target))) == ([], [])


def test_an_extension_of_sqlite(desk: Desk) -> None:
    """What load_extension opens is a file of a package."""
    text = "import sqlite3\nd = sqlite3.connect(':memory:')\nd.load_extension('mod_spatialite')"
    target = locked(desk, "/here", "bookworm", {"__init__": text})
    assert list(target.installs) == ["libsqlite3-mod-spatialite"]


def test_an_extension_of_sqlite_for_one_of_many_purposes(desk: Desk) -> None:
    """A large distribution that says nothing of it does not get it by default."""
    text = "import sqlite3\nd = sqlite3.connect(':memory:')\nd.load_extension('mod_spatialite')"
    others = {f"module{number}": "" for number in range(100)}
    target = locked(desk, "/here", "bookworm", {"__init__": "", "spatial": text, **others})
    assert list(target.installs) == []
    assert [need.package for need in offered(target)] == ["libsqlite3-mod-spatialite"]


def test_any_program_of_several_that_may_do(desk: Desk) -> None:
    """Whichever of them is there is run: none is offered, unless the distribution is about it."""
    text = RUN + (
        "from shutil import which\n"
        "def editor():\n"
        "    for each in 'sensible-editor', 'vim', 'nano':\n"
        "        if which(each): return each\n"
        "    return 'vi'\n"
        "def edit(): subprocess.Popen([editor(), 'x'])\n"
    )
    target = locked(desk, "/here", "bookworm", {"__init__": text})
    assert list(target.installs) == []
    assert list(offered(target)) == []


EACH = {
    "a loop": """
        for tool in ('glpsol', 'grn'):
            if not shutil.which(tool):
                raise RuntimeError(tool)
    """,
    "a variable in a loop": """
        for tool in ('glpsol', 'grn'):
            path = shutil.which(tool)
            if path is None:
                raise RuntimeError(tool)
    """,
    "a list": """
        missing = [tool for tool in ('glpsol', 'grn') if not shutil.which(tool)]
        if missing:
            raise RuntimeError(missing)
    """,
    "all": """
        if not all(shutil.which(tool) for tool in ('glpsol', 'grn')):
            raise RuntimeError
    """,
}


@pytest.mark.parametrize("case", EACH)
def test_each_of_several_programs_is_required(desk: Desk, case: str) -> None:
    """Where the code gives up without any of them, they are no alternatives."""
    text = "import shutil\ndef check():" + EACH[case]
    target = locked(desk, "/here", "bookworm", {"__init__": text})
    assert ([*target.installs], [need.package for need in offered(target)]) == (["glpk-utils"], ["groff"])


@pytest.mark.parametrize("key", ["kind", "'lp'"])
def test_a_program_of_a_dictionary(desk: Desk, key: str) -> None:
    """One that a computed key selects is a need like each of the others, one of a known key the only need."""
    text = f"{RUN}TOOLS = {{'lp': 'glpsol', 'ms': 'grn'}}\ndef go(kind): subprocess.run([TOOLS[{key}], 'x'])"
    target = locked(desk, "/here", "bookworm", {"__init__": text}, about="Runs glpsol and grn")
    assert list(target.installs) == (["glpk-utils", "groff"] if key == "kind" else ["glpk-utils"])


AT_IMPORT = {
    "run": ("subprocess.check_output(['grn', '--version'])", True),
    "tried": ("try:\n    subprocess.run(['grn'])\nexcept OSError as e:\n    raise ImportError('grn') from e", True),
    "a check": ("def need(p):\n    if not shutil.which(p):\n        raise ImportError(p)\nneed('grn')", True),
    "a function": ("def run(p):\n    return subprocess.check_output([p, '--version'])\nrun('grn')", True),
    "a function's condition": ("def run(p, x):\n    if x:\n        subprocess.run([p])\nrun('grn', y)", False),
    "a function that nothing calls": ("def need():\n    if not shutil.which('grn'):\n        raise ImportError", False),
    "functions that call each other": ("def a():\n    b()\n    subprocess.run(['grn'])\ndef b():\n    a()", False),
    "a function that is tried": (
        "def run():\n    subprocess.run(['grn'])\ntry:\n    run()\nexcept OSError:\n    pass",
        False,
    ),
    "may fail": ("try:\n    subprocess.run(['grn'])\nexcept OSError:\n    grn = None", False),
    "a shell": ("subprocess.call('grn --version', shell=True)", False),
    "a condition": ("if x:\n    subprocess.check_output(['grn', '--version'])", False),
}


@pytest.mark.parametrize("case", AT_IMPORT)
def test_what_runs_at_import(desk: Desk, case: str) -> None:
    """A program without which an import fails is in the line, whatever the title speaks of."""
    text, expected = AT_IMPORT[case]
    target = locked(desk, "/here", "bookworm", {"__init__": f"import shutil\n{RUN}{text}"})
    assert list(target.installs) == (["groff"] if expected else [])


def test_a_program_of_several_packages(desk: Desk) -> None:
    """The package of its name answers; where nothing decides, all of them are named."""
    text = RUN + "def go(): subprocess.run(['make'], check=True)\ndef send(): subprocess.run(['sendmail'], check=True)"
    target = locked(desk, "/here", "trixie", {"__init__": text})
    assert [need.package for need in offered(target)] == ["make"]


def test_an_offer_of_several_packages_names_them(desk: Desk) -> None:
    """Nothing says that no package has a program that several have: neither the lock nor a search of the index."""
    text = RUN + "def go(): subprocess.run(['mail', 'x'], check=True)"
    target = locked(desk, "/here", "bookworm", {"__init__": text})
    how = "`pip-sysdeps policy replace mail --with PACKAGE --reason TEXT` chooses one"
    note = f"bsd-mailx, mailutils, s-nail have it: {how}"
    assert [(each.program, each.note) for each in target.unresolved] == [("mail", note)]


OF_DISTRIBUTIONS = {
    "a requirement": ("black", "Requires-Dist: black"),
    "an extra": ("black", "Requires-Dist: Black (>=22) ; extra == 'fmt'"),
    "another program of its package": ("sphinx-build", "Requires-Dist: sphinx>=7"),
}


@pytest.mark.parametrize("case", OF_DISTRIBUTIONS)
def test_a_program_that_pip_installs(desk: Desk, case: str) -> None:
    """A program of a required distribution is neither in the line nor offered, even if the title names it."""
    program, required = OF_DISTRIBUTIONS[case]
    text = f"{RUN}def go(f): subprocess.run(['{program}', f], check=True)"
    target = locked(desk, "/here", "bookworm", {"__init__": text}, about=f"Runs {program}\n{required}")
    assert (list(target.installs), offered(target)) == ([], [])


def test_a_program_that_a_required_distribution_lacks(desk: Desk) -> None:
    """A distribution that is installed does not have the program of its name: the package is in the line."""
    install(desk.root / "here/lib/python3.11/site-packages", "graphviz", files={"graphviz/__init__.py": b""})
    text = f"{RUN}def go(f): subprocess.run(['dot', f], check=True)"
    target = locked(desk, "/here", "bookworm", {"__init__": text}, about="Runs dot\nRequires-Dist: graphviz")
    assert list(target.installs) == ["graphviz"]


def test_a_program_of_a_distribution_that_is_not_required(desk: Desk) -> None:
    """It is offered: pip can install it as well as the release."""
    text = f"{RUN}def go(f): subprocess.run(['sphinx-build', f], check=True)"
    target = locked(desk, "/here", "bookworm", {"__init__": text}, about="Runs sphinx-build")
    assert (list(target.installs), [need.package for need in offered(target)]) == ([], ["python3-sphinx"])
