"""Every parser of bytes that others made, with good inputs: for property tests, the corpus and the fuzzer."""

from __future__ import annotations

import bz2
import gzip
import io
import json
import lzma
import re
import sqlite3
import struct
import tarfile
import tempfile
import zipfile
from collections.abc import Mapping
from dataclasses import fields, is_dataclass
from functools import cache
from pathlib import Path
from typing import TYPE_CHECKING, Any, NamedTuple

from builders.apk import ApkEntry, apk_database, apk_index
from builders.elf import Elf
from builders.elf_memory import QUESTIONS, in_memory
from builders.facts import distribution
from builders.locked import TARGET_FACTS
from builders.rpm_files import Rpm, bdb, ndb
from pip_sysdeps.byname.source_references import Others, named_by
from pip_sysdeps.environment.metadata import parse_direct_url, parse_folder_name, parse_metadata, parse_wheel_tags
from pip_sysdeps.environment.pyenv import parse_version_file
from pip_sysdeps.environment.read_scripts import interpreter_of
from pip_sysdeps.environment.read_sdist import SdistBudget, read_from_sdist
from pip_sysdeps.environment.read_vendored import rules
from pip_sysdeps.environment.read_wheels import environment_of_wheels
from pip_sysdeps.environment.record import entry_of, parse_installed_files, parse_record
from pip_sysdeps.environment.requirements import required_distributions, requirement_chains
from pip_sysdeps.environment.sbom import parse_sbom
from pip_sysdeps.environment.site_files import (
    changes_path,
    parse_egg_link,
    parse_finder,
    parse_pth,
    parse_pth_code,
    parse_scripts,
    parse_venv_config,
)
from pip_sysdeps.environment.target_system import open_target
from pip_sysdeps.environment.vendored import VendoredFile, identify
from pip_sysdeps.errors import MalformedError, SysdepsError
from pip_sysdeps.hook.enable import read_settings
from pip_sysdeps.loader.glibc.cache_file import parse_ld_so_cache
from pip_sysdeps.loader.glibc.conf_file import parse_ld_so_conf
from pip_sysdeps.loader.glibc.cpuinfo import hwcaps_folders
from pip_sysdeps.loader.glibc.system_dirs import parse_system_directories
from pip_sysdeps.loader.musl.config import parse_path_file
from pip_sysdeps.lock.merge import sides_of
from pip_sysdeps.lock.project import parse_project
from pip_sysdeps.lock.text import dumps, loads
from pip_sysdeps.needs.optional_files import optional_files
from pip_sysdeps.needs.optional_modules import optional_modules
from pip_sysdeps.packages.apk.database import ApkDatabase
from pip_sysdeps.packages.apk.index import parse_index
from pip_sysdeps.packages.apk.names import so_capability
from pip_sysdeps.packages.apk.records import parse_stanzas
from pip_sysdeps.packages.apk.version import is_version as is_apk_version
from pip_sysdeps.packages.apk.version import version_key as apk_version_key
from pip_sysdeps.packages.debian.apt_lists import listed_packages, release_facts
from pip_sysdeps.packages.debian.apt_progress import parse_progress
from pip_sysdeps.packages.debian.apt_sources import parse_mirrors, parse_source_list, parse_sources
from pip_sysdeps.packages.debian.contents import rows_in_folders, rows_matching
from pip_sysdeps.packages.debian.dpkg_files import parse_diversions, parse_list, parse_md5sums, parse_status
from pip_sysdeps.packages.debian.packages_file import parse_packages
from pip_sysdeps.packages.debian.relations import parse_relations
from pip_sysdeps.packages.debian.shlibs_file import parse_shlibs
from pip_sysdeps.packages.debian.symbols_file import parse_symbols
from pip_sysdeps.packages.debian.version import version_key
from pip_sysdeps.packages.index_file import IndexTarget, dump_index, load_index
from pip_sysdeps.packages.rpm.bdb import parse_bdb
from pip_sysdeps.packages.rpm.capability import is_capability, soname_of
from pip_sysdeps.packages.rpm.compression import decompress
from pip_sysdeps.packages.rpm.evr import version_key as rpm_version_key
from pip_sysdeps.packages.rpm.manifest import parse_manifest
from pip_sysdeps.packages.rpm.ndb import parse_ndb
from pip_sysdeps.packages.rpm.package import parse_package
from pip_sysdeps.packages.rpm.repo_file import (
    parse_mirrorlist,
    parse_repo_file,
    repositories,
    substitute_variables,
    with_overrides,
)
from pip_sysdeps.packages.rpm.repository import parse_filelists, parse_metalink, parse_primary, parse_repomd
from pip_sysdeps.packages.rpm.sqlite import parse_sqlite
from pip_sysdeps.sources.parsed_sources import ParsedSources
from pip_sysdeps.sources.source import Source
from pip_sysdeps.sources.steps import StepLimitError
from pip_sysdeps.sources.string_literals import beginnings, mentioned
from pip_sysdeps.system.os_release import parse_os_release
from pip_sysdeps.system.root import Root

if TYPE_CHECKING:
    from collections.abc import Callable, Iterator

    from pip_sysdeps.elf.image import Pread
    from pip_sysdeps.environment.target_system import TargetSystem


class Parser(NamedTuple):
    """One format, and all that we ask of a file of it."""

    questions: tuple[Callable[[bytes], object], ...]
    """Each gives a value or raises MalformedError, whatever the bytes."""
    seeds: tuple[bytes, ...]
    """Good inputs, which mutations begin with."""

    def check(self, content: bytes) -> tuple[str, ...]:
        """Run every call; return the kind of each outcome. Any other exception is a bug, and is not caught."""
        return tuple(_outcome(question, content) for question in self.questions)


def _outcome(question: Callable[[bytes], object], content: bytes) -> str:
    try:
        answer = question(content)
    except MalformedError as error:
        return re.split(r"[`'\":;0-9]", error.reason)[0]  # what goes on is of this input: a name, the next problem
    except StepLimitError:
        return "too many steps"  # the documented end of a search: `source_search` states it
    strings = list(_strings(answer))
    for text in strings:
        text.encode("utf-8", "surrogateescape")  # what is not UTF-8 is kept so, and can be written again
    return f"{type(answer).__name__} {min(len(strings), 4)} {any(not text.isprintable() for text in strings)}"


def _strings(answer: object) -> Iterator[str]:
    """Yield every string of an answer."""
    if isinstance(answer, str):
        yield answer
    elif isinstance(answer, Mapping):
        yield from (text for pair in answer.items() for part in pair for text in _strings(part))
    elif isinstance(answer, tuple | list | set | frozenset):
        yield from (text for part in answer for text in _strings(part))
    elif is_dataclass(answer):
        yield from (text for each in fields(answer) for text in _strings(getattr(answer, each.name)))


def _text(parse: Callable[[str], object]) -> Callable[[bytes], object]:
    return lambda content: parse(content.decode("utf-8", "surrogateescape"))


def _lines(content: bytes) -> list[bytes]:
    return content.splitlines(keepends=True)


# ------------------------------------------------------------------------------------------------- questions to some


def _optional_modules(content: bytes) -> object:
    sources = (Source("pkg/__init__.py", content), Source("pkg/between.py", content))
    return optional_modules(["pkg._fast", "pkg.between"], ParsedSources(sources))


def _optional_files(content: bytes) -> object:
    return optional_files(["libfoo.so.1"], ParsedSources([Source("pkg/__init__.py", content)]))


def _elf(question: Callable[[Pread, int], object]) -> Callable[[bytes], object]:
    return lambda content: question(*in_memory(b"\x7fELF" + content[4:]))


def _references(content: bytes) -> object:
    others = Others(lambda *_: [Source("/site/b.py", b"import a\na.f('libb.so')\n", "/site")])
    return named_by([Source("/site/a.py", content, "/site")], others).references


def _decompressed(content: bytes) -> object:
    """Decompress with the algorithms that every Python has."""
    return [] if content.startswith(b"\x28\xb5\x2f\xfd") else list(decompress(content, 1 << 20))


def _index(content: bytes) -> object:
    index = load_index(content)
    rows = [list(index.entries_with_prefix(table, "", 0)) for table in ("library", "program", "base")]
    return [*rows, index.value("library", "libz.so.1", 0), [each.id for each in index.targets]]


def _lock(content: bytes) -> object:
    text = content.decode("utf-8", "replace")
    lock = loads(text)
    assert loads(dumps(lock)) == loads(dumps(loads(dumps(lock)))), "what is read can be written"
    return lock


def _record(content: bytes) -> object:
    record = parse_record(content)
    for row in record.rows:
        entry_of(row)
    return record


@cache
def _target() -> TargetSystem:
    return open_target("debian-trixie-amd64", Root())


def _wheel(content: bytes) -> object:
    """Read a wheel from a folder, and what is in its files of metadata."""
    with tempfile.TemporaryDirectory() as folder:
        Path(folder, "a-1-py3-none-any.whl").write_bytes(content)
        try:
            _, environment = environment_of_wheels(folder, _target())
        except MalformedError:
            raise
        except SysdepsError as error:
            raise MalformedError(str(error).rpartition(": ")[2]) from error
    return environment.distributions


def _requirements(content: bytes) -> object:
    """Follow the requirements of two distributions, one per line."""
    lines = tuple(content.decode("utf-8", "surrogateescape").split("\n"))
    found = (distribution("a", requires=lines), distribution("b", requires=lines[::-1]))
    markers = {"os_name": "posix", "python_version": "3.11", "sys_platform": "linux", "platform_machine": "x86_64"}
    chains = requirement_chains(found, markers)
    return [required_distributions(found, markers), *(chains[name] for name in chains)]


def _vendored(content: bytes) -> object:
    """Look for libraries in the data of a file, once as a library and once as a module."""
    files = (
        VendoredFile(path="a.libs/libz-01234567.so.1", holder="a", is_library=True),
        VendoredFile(path="a/b.abi3.so", holder="a", is_library=False, needed=("libssl.so.3",)),
    )
    return [list(identify(file, content, rules())) for file in files]


def _sdist(content: bytes) -> object:
    """Read pyproject.toml from an sdist whose tar these bytes are."""
    with tempfile.TemporaryDirectory() as folder:
        Path(folder, "a.tar.gz").write_bytes(gzip.compress(content, 1))
        found = read_from_sdist(Root(folder), "/a.tar.gz", "pyproject.toml", 1 << 20, SdistBudget())
        return None if found is None else found.decode("utf-8", "surrogateescape")


# -------------------------------------------------------------------------------------------------------- good inputs


def _tar_seeds() -> tuple[bytes, ...]:
    """Return an sdist's tar in each form that has headers of its own, as tarfile writes them."""
    seeds = []
    for form in (tarfile.USTAR_FORMAT, tarfile.GNU_FORMAT, tarfile.PAX_FORMAT):
        file = io.BytesIO()
        with tarfile.open(fileobj=file, mode="w", format=form) as archive:
            for name, content in (("a-1/" + "b" * 90 + "/" + "c" * 50, b""), ("a-1/pyproject.toml", b"[external]\n")):
                member = tarfile.TarInfo(name)
                member.size, member.mtime = len(content), 1
                archive.addfile(member, io.BytesIO(content))
        seeds.append(file.getvalue()[:4096])
    return tuple(seeds)


def _wheel_seed() -> bytes:
    files = {"a.py": "import ctypes\n", "a-1.dist-info/entry_points.txt": "[console_scripts]\na = a:b\n"}
    files |= {
        "a-1.dist-info/METADATA": "Metadata-Version: 2.1\nName: a\nVersion: 1\n",
        "a-1.dist-info/WHEEL": "Wheel-Version: 1.0\nRoot-Is-Purelib: true\nTag: py3-none-any\n",
    }
    rows = "".join(f"{name},,\n" for name in (*files, "a-1.dist-info/RECORD"))
    file = io.BytesIO()
    with zipfile.ZipFile(file, "w") as archive:
        for name, text in {**files, "a-1.dist-info/RECORD": rows}.items():
            archive.writestr(zipfile.ZipInfo(name), text)
    return file.getvalue()


def _elf_seeds() -> tuple[bytes, ...]:
    full: dict[str, Any] = {
        "interpreter": "/lib/ld.so",
        "soname": "liba.so.1",
        "needed": ("libc.so.6", "libb.so"),
        "rpath": "/r",
        "runpath": "$ORIGIN",
        "version_needs": (("libc.so.6", ("GLIBC_2.34", "GLIBC_2.4?")), ("libb.so", ("B_1",))),
        "version_definitions": ("A_1", "A_2"),
        "undefined": ("malloc@GLIBC_2.34", "b@B_1"),
        "defined": ("PyInit_a@A_1", "f@A_2"),
        "notes": (("FDO", 0x407C0C0A, b'[{"soname": ["libz.so.1"]}]'),),
    }
    encodings = [(64, True), (64, False), (32, True), (32, False)]
    files = [Elf(elf_class=bits, little_endian=little, **full) for bits, little in encodings]
    files += [Elf(segments=2, needed=("libc.so.6",), sysv_hash=False), Elf(dynamic=False)]
    return tuple(file.build() for file in files)


def _cache_seeds() -> tuple[bytes, ...]:
    strings = b"libz.so.1\0/lib/libz.so.1\0"
    new = b"glibc-ld.so.cache1.1" + struct.pack("<II4xI12x", 1, len(strings), 0)
    new += struct.pack("<iIIIQ", 0x303, len(new) + 24, len(new) + 34, 0, 0) + strings
    old = b"ld.so-1.7.0\0" + struct.pack("<I", 1) + struct.pack("<iII", 3, 0, 10) + strings
    return new, old, old[:28] + b"\0" * 4 + new


def _index_seeds() -> tuple[bytes, ...]:
    target = IndexTarget(id="debian-trixie-amd64", date="Sat, 06 Sep 2025 10:00:00 UTC")
    tables = {"library": [{"libz.so.1": "zlib1g"}], "program": [{"git": "git"}], "base": [{"libc6": "1"}]}
    return (dump_index([target], tables),)


@cache
def _sqlite_seed(*, log: bool = False) -> bytes:
    """Return a database as SQLite itself writes it, or the write-ahead log of one."""
    with tempfile.TemporaryDirectory() as folder:
        connection = sqlite3.connect(f"{folder}/db")
        if log:
            connection.execute("PRAGMA journal_mode=WAL")
        connection.execute("CREATE TABLE Packages (hnum INTEGER PRIMARY KEY AUTOINCREMENT, blob BLOB NOT NULL)")
        connection.executemany("INSERT INTO Packages (blob) VALUES (?)", [(_RPM,), (_RPM * 40,)])
        connection.commit()
        content = Path(f"{folder}/db-wal" if log else f"{folder}/db").read_bytes()
        connection.close()
    return content


_LOCK = (
    f'lock-version = "2.0"\n\n[[target]]\n{TARGET_FACTS}'.encode()
    + b"""\
installs = ["libpq5"]
package = [{ name = "libpq5", min = "10~~" }]

[[target.distribution]]
name = "psycopg2"
version = "2.9.9"
base = [{ package = "zlib1g", sonames = ["libz.so.1"] }]
needs = [{ soname = "libpq.so.5", package = "libpq5", when = "import", by = ["psycopg2/_psycopg.so"] }]
"""
)

_STATUS = b"""Package: libz
Status: install ok installed
Architecture: amd64
Multi-Arch: same
Version: 1:1.2-3
Depends: libc6 (>= 2.14) | libc6:any,
 libd
Provides: zlib (= 1)
Installed-Size: 12

Package: dpkg
Essential: yes
Status: deinstall ok config-files
Priority: required
Section: admin
Architecture: all
Version: 1.0
"""

_RPM = Rpm(
    name="libpq",
    epoch=1,
    files=("/usr/lib64/libpq.so.5",),
    provides=("libpq.so.5()(64bit)",),
    requires=("/bin/sh", "(a if b)"),
).header()


_REPOSITORY = (
    b"""<repomd xmlns="http://linux.duke.edu/metadata/repo"><data type="primary"><checksum type="sha256">00</checksum>
<location href="repodata/primary.xml.gz"/></data></repomd>""",
    b"""<metadata xmlns="http://linux.duke.edu/metadata/common" xmlns:rpm="http://linux.duke.edu/metadata/rpm">
<package type="rpm"><name>a</name><arch>noarch</arch><version epoch="0" ver="1" rel="1"/><checksum>x</checksum>
<size package="1" installed="2"/><format><rpm:sourcerpm>a</rpm:sourcerpm><rpm:provides><rpm:entry name="liba.so()"/>
</rpm:provides></format></package></metadata>""",
    b"""<filelists xmlns="http://linux.duke.edu/metadata/filelists"><package pkgid="x"><file>/usr/bin/a</file></package>
</filelists>""",
    b"""<metalink xmlns="http://www.metalinker.org/"><files><file name="repomd.xml"><verification>
<hash type="sha256">00</hash></verification><resources><url preference="9">https://a/repodata/repomd.xml</url></resources></file></files></metalink>""",
)


def _configured(content: bytes) -> object:
    """Return the repositories of a `.repo` file, which is its own override."""
    sections = parse_repo_file(content)
    found = repositories(with_overrides(sections, [sections]), {}, signed=True)
    return [substitute_variables(each, {"b": "$b"}) for each in found]


def _apk_questions(content: bytes) -> None:
    """Call every method of a database."""
    database = ApkDatabase(content, base=("libpq",))
    for name in database.packages:
        for path in database.files(name):
            database.owners(path)
    database.owners("/usr/lib/libz.so.1")
    _ = database.base


_FILES = frozenset({"libfoobar.so.1", "libfoobar2.so"})

_PYTHON = (
    b"""\
import ctypes
N = 'libfoo.so.1'
def f(a=N):
    for b in (a, f'{a}.2', 'lib%s.so' % 'c'):
        ctypes.CDLL(b)
""",
    b"""\
from ctypes.util import find_library as f
import os, sys
x = f('a') if sys.platform == 'win32' else os.path.join('/usr/lib', 'libb' + '.so')
""",
    b"""\
import shutil, subprocess
try:
    subprocess.run(['git', '-v'])
except OSError:
    raise
if not shutil.which('dot'):
    exit(1)
""",
)

_TRIED = (
    b"""\
try:
    from . import _fast
    import pkg.between as b
except (ImportError, OSError) as e:
    b = None
if b is None:
    raise ImportError('no b')
else:
    from pkg._fast import (x, y)
""",
    b"""\
def path():
    name = 'a/libfoo.so.1'
    return name if isfile(name) else None
p = path()
try:
    open(p)
except OSError as e:
    warn(f'{p}: {e}')
""",
)

PARSERS = {
    "elf": Parser(tuple(map(_elf, QUESTIONS)), _elf_seeds()),
    "ld-so-cache": Parser((parse_ld_so_cache,), _cache_seeds()),
    "ld-so-conf": Parser(
        (parse_ld_so_conf,), (b"# comment\ninclude /etc/ld.so.conf.d/*.conf\n/usr/local/lib\nhwcap 0 nosegneg\n",)
    ),
    "cpuinfo": Parser(
        (hwcaps_folders,), (b"processor\t: 0\nflags\t\t: fpu cx16 lahf_lm pni popcnt sse4_1 sse4_2 ssse3\n\n",)
    ),
    "record": Parser(
        (_record, parse_installed_files),
        (b'a/b.so,sha256=Zm9v,12\n"a,b.py",,\na-1.dist-info/RECORD,,\r\n../../bin/x,md5=1,x\n',),
    ),
    "metadata": Parser(
        (parse_metadata, parse_wheel_tags, _text(parse_folder_name)),
        (
            b"Name: Foo.Bar\nVersion: 1.0\nRequires-Dist: a (>1)\nRequires-External: libpq\n\nbody",
            b"Wheel-Version: 1.0\nTag: cp311-cp311-manylinux_2_17_x86_64\nTag: py3-none-any\n",
            b"foo_bar-1.0-py3.11.egg",
        ),
    ),
    "direct-url": Parser(
        (parse_direct_url,),
        (b'{"url": "file:///srv/a%20b", "dir_info": {"editable": true}}', b'{"url": "x", "vcs_info": {}}'),
    ),
    "site": Parser(
        (
            parse_venv_config,
            parse_pth,
            lambda content: list(map(changes_path, parse_pth_code(content))),
            parse_egg_link,
            parse_finder,
            parse_scripts,
            parse_version_file,
            interpreter_of,
        ),
        (
            b"home = /usr/bin\nversion_info = 3.11.2.final\ninclude-system-site-packages = false\n",
            b"/srv/project\nimport os; x\n# no\n../relative\n",
            b"MAPPING: dict = {'a': '/srv/a', 'b': '/srv/b'}\nNAMESPACES = {}\n",
        ),
    ),
    "hook": Parser(
        (_text(read_settings),),
        (
            b"COMMAND: tuple = ('a', 'lock')\nNEEDED: tuple = ('/a',)\nPREFIX: str = '/v'\n",
            b"A: int = {1: [2], 3: {4}}\n",
        ),
    ),
    "requirements": Parser(
        (_requirements,),
        (
            b"b[x,y]>=1; python_version > '3' and (os_name == 'nt' or extra == 'x')\na @ file:///a\n",
            b"A.b (>=1,<2)\nb; 'linux' in sys_platform\nb; platform_machine ~= '1'\n",
        ),
    ),
    "vendored": Parser(
        (_vendored,),
        (
            b"AOMedia Project AV1 Decoder v3.5.0\0",
            b"\0libcurl/7.88.1\0CLIENT libcurl 7.88.1\r\n\0",
            b"\x001.0.8, 13-Jul-2019\0 deflate 1.2.13 Copyright",
        ),
    ),
    "apt-lists": Parser(
        (
            release_facts,
            lambda content: listed_packages([content]),
            _text(parse_progress),
        ),
        (
            b"Origin: Debian\nCodename: bookworm\nNotAutomatic: yes\n",
            b"Package: a\nVersion: 1:2-3\nDepends: b (>= 1) | c\nProvides: d\nInstalled-Size: 5\n\nPackage: b\n",
            b"31% [2 Contents-amd64 12.3 MB/50.1 MB 25%]      379 kB/s 1min 40s",
        ),
    ),
    "dpkg-status": Parser((parse_status,), (_STATUS,)),
    "dpkg-list": Parser(
        (parse_list, parse_md5sums),
        (b"/.\n/usr\n/usr/lib/libz.so.1\n", b"d41d8cd98f00b204e9800998ecf8427e  usr/lib/a\n"),
    ),
    "dpkg-diversions": Parser((parse_diversions,), (b"/bin/sh\n/bin/sh.distrib\ndash\n/a\n/b\n:\n",)),
    "relations": Parser(
        (_text(parse_relations), _text(version_key)),
        (b"a (>= 1:2~b-3) | b:any, c [amd64] <!x>, d", b"1:2.0~rc1+dfsg-3"),
    ),
    "symbols": Parser(
        (lambda content: parse_symbols(content, "libz.so.1"),),
        (b'libz.so.1 zlib1g #MINVER#\n| zlib1g-x\n* Build-Depends-Package: a\n adler@Base 1:1.2\n (c++)"a()@B" 2 1\n',),
    ),
    "shlibs": Parser(
        (lambda content: parse_shlibs(content, "libz.so.1"),), (b"libz 1 zlib1g (>= 1:1.2)\nudeb: libz 1 z\n",)
    ),
    "contents": Parser(
        (
            lambda content: list(rows_in_folders(_lines(content), ["usr/lib", "lib"])),
            lambda content: list(rows_matching(_lines(content), ["/usr/lib/*/a*.so", "/usr/**.so"])),
        ),
        (b"FILE LOCATION\nusr/lib/libz.so.1  libs/zlib1g,x/y\n./lib/a b.so  z\nusr/bin/x admin/x\n",),
    ),
    "packages": Parser(
        (lambda content: list(parse_packages(_lines(content))),),
        (b"Package: a\nSection: contrib/libs\nDepends: b (>= 1) | c:any, d\nProvides: e (= 1)\n x\n\nPackage: f\n",),
    ),
    "apt-sources": Parser(
        (_text(parse_source_list), _text(parse_sources), _text(parse_mirrors)),
        (
            b"deb [arch=amd64 signed-by=/a] http://deb.example/debian bookworm main contrib # c\n",
            b"http://deb.example/debian\ttype:index priority:1\nhttps://b.example/\n",
            b"Types: deb\nURIs: http://deb.example/debian\nSuites: trixie\nComponents: main\nSigned-By:\n .\n x\n",
        ),
    ),
    "apk-database": Parser(
        (parse_stanzas, _apk_questions, _text(apk_version_key), _text(is_apk_version), _text(so_capability)),
        (
            apk_database(
                ApkEntry(name="libpq", depends=("so:libc.musl-x86_64.so.1>=1", "!a"), provides=("so:libpq.so.5=5.17",)),
                ApkEntry(name="zlib", files=("/usr/lib/libz.so.1", "/usr/lib/x/y", "/z")),
            ),
            b"1.2.3b_rc1_p2~abc123-r4",
            b"libpq.so.5",
        ),
    ),
    "apk-index": Parser((parse_index,), (apk_index(ApkEntry(name="libpq", provides=("so:libpq.so.5=5.17",))),)),
    "musl-path": Parser((parse_path_file,), (b"/lib:/usr/local/lib\n/usr/lib\n",)),
    "ld-so": Parser((parse_system_directories,), (b"\0/lib64/\0/usr/lib64/\0\0",)),
    "rpm-header": Parser((parse_package,), (_RPM,)),
    "rpm-sqlite": Parser((lambda content: list(parse_sqlite(content)),), (_sqlite_seed(),)),
    "rpm-sqlite-log": Parser((lambda content: list(parse_sqlite(_sqlite_seed(), content)),), (_sqlite_seed(log=True),)),
    "rpm-ndb": Parser((lambda content: list(parse_ndb(content)),), (ndb([_RPM]),)),
    "rpm-bdb": Parser((lambda content: list(parse_bdb(content)),), (bdb([_RPM]), bdb([_RPM * 40]))),
    "rpm-manifest": Parser(
        (parse_manifest,),
        (b"a\t1-1\t0\t0\tv\t(none)\t5\tx86_64\t0\ta.src.rpm\nb\t2~rc-1\t0\t0\tv\t1\t0\tnoarch\t1\tb\n",),
    ),
    "rpm-words": Parser(
        (_text(rpm_version_key), _text(is_capability), _text(lambda text: soname_of(text, "(64bit)"))),
        (b"1:2~rc1^git-3.fc40", b"libpq.so.5()(64bit)", b"libpq.so.5(PQ_2)(64bit)"),
    ),
    "rpm-repository": Parser(
        (
            parse_repomd,
            lambda content: list(parse_primary([content])),
            lambda content: list(parse_filelists([content[:9], content[9:]])),
            parse_metalink,
        ),
        _REPOSITORY,
    ),
    "rpm-sources": Parser(
        (_configured, parse_mirrorlist), (b"[a]\nbaseurl=https://a/$b/${c}\nenabled=0\n", b"[*]\na=1")
    ),
    "compressed": Parser((_decompressed,), tuple(module.compress(b"<metadata/>" * 9) for module in (gzip, bz2, lzma))),
    "soname-index": Parser((_index,), _index_seeds()),
    "lock": Parser(
        (_lock, lambda content: sides_of(content.decode("utf-8", "replace"))),
        (_LOCK, b"<<<<<<< ours\na\n||||||| base\nb\n=======\nc\n>>>>>>> theirs\n"),
    ),
    "project": Parser(
        (lambda content: parse_project(content.decode("utf-8", "replace")),),
        (b'[tool.pip-sysdeps]\nlibrary-path = ["/opt/lib"]\n[tool.pip-sysdeps.distribution.a]\nwhen = ["default"]\n',),
    ),
    "os-release": Parser(
        (parse_os_release,), (b"ID=debian\nVERSION_ID=\"12\"\nVERSION_CODENAME=bookworm\nNAME='a b'\n# x\n",)
    ),
    "sbom": Parser(
        (parse_sbom,),
        (
            json.dumps(
                {
                    "bomFormat": "CycloneDX",
                    "components": [{"name": "a", "version": "1", "purl": "pkg:deb/a", "components": [{"name": "b"}]}],
                }
            ).encode(),
            json.dumps(
                {
                    "spdxVersion": "SPDX-2.3",
                    "packages": [
                        {
                            "name": "a",
                            "versionInfo": "1",
                            "externalRefs": [{"referenceType": "purl", "referenceLocator": "p"}],
                        }
                    ],
                }
            ).encode(),
        ),
    ),
    "wheel": Parser((_wheel,), (_wheel_seed(),)),
    "sdist": Parser((_sdist,), _tar_seeds()),
    "python": Parser((_references,), _PYTHON),
    "optional": Parser((_optional_modules, _optional_files), _TRIED),
    "sources": Parser(
        (lambda content: mentioned(content, _FILES, beginnings(_FILES)),),
        (b'x = ctypes.CDLL(f"libfoobar{n}.so")\ny = "a/libfoobar.so.1"\nz = "libfoobar%s" % v + ".so"\n',),
    ),
}
"""By the name of their corpus folder."""
