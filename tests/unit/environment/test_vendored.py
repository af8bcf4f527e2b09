"""Which library a file is, or holds, by its name and its text."""

from __future__ import annotations

import re

import pytest

from pip_sysdeps.environment.read_vendored import rules
from pip_sysdeps.environment.vendored import Certainty, Rule, VendoredFile, identify, parse_rules, plain_name, stem_of
from pip_sysdeps.errors import MalformedError

SSL = Rule(
    name="openssl",
    sonames=("libssl", "libcrypto"),
    text=(re.compile(rb"OpenSSL (\d\.\d\.\d+) "),),
    file=re.compile(r"libssl\.so\.(1\.\d\.\d)"),
)
XML = Rule(
    name="libxml2", sonames=("libxml2",), text=(re.compile(rb"\0(2\d{4})\0"),), required_text=b"Opening", number=True
)
SQLITE = Rule(name="sqlite", sonames=("libsqlite3*",), named_text=(re.compile(rb"\0(3\.\d+\.\d+)\0"),))


def found(path: str, data: bytes, *needed: str, library: bool = True) -> list[tuple[str, str, str, str]]:
    """Return name, version, confidence and evidence of each library."""
    file = VendoredFile(path=path, holder="holder", is_library=library, needed=needed)
    libraries = identify(file, data, (SSL, XML, SQLITE))
    return [(each.name, each.version, each.confidence.value, each.evidence) for each in libraries]


@pytest.mark.parametrize(
    ("path", "plain", "stem"),
    [
        ("a.libs/libtiff-0123abcd.so.6.0.2", "libtiff.so.6.0.2", "libtiff"),
        ("a.libs/libgfortran-040039e1-0352e75f.so.5.0.0", "libgfortran.so.5.0.0", "libgfortran"),
        ("libopenblasp-r0-59ffcd50.3.15.so", "libopenblasp-r0.3.15.so", "libopenblasp-r0"),
        ("libpng16-0123abcd.so.16", "libpng16.so.16", "libpng16"),
        ("libpcre2-8-34bef8fb.so.0.15.0", "libpcre2-8.so.0.15.0", "libpcre2-8"),
        ("libscipy_openblas64_-32a4b2a6.so", "libscipy_openblas64_.so", "libscipy_openblas64_"),
        ("_module.abi3.so", "_module.abi3.so", "_module.abi3"),
        ("plain", "plain", "plain"),
    ],
)
def test_names_without_what_auditwheel_adds(path: str, plain: str, stem: str) -> None:
    """The hash goes, and the version for the stem."""
    assert (plain_name(path), stem_of(path)) == (plain, stem)


@pytest.mark.parametrize(
    ("path", "data", "expected"),
    [
        ("libssl-0123abcd.so.3", b"\0OpenSSL 3.0.1 x", ("openssl", "3.0.1", "high", "OpenSSL 3.0.1")),
        ("libssl-0123abcd.so.1.1.0", b"", ("openssl", "1.1.0", "medium", "libssl.so.1.1.0")),
        ("libssl-0123abcd.so.3", b"", ("libssl", "", "low", "libssl.so.3")),
        ("libssl.so.3", b"OpenSSL 3.0.1 OpenSSL 3.0.2 ", ("libssl", "", "low", "libssl.so.3")),
        ("libodd-0123abcd.so.7", b"3.1.1", ("libodd", "", "low", "libodd.so.7")),
        ("libsqlite3.so.0", b"x\x003.46.1\0", ("sqlite", "3.46.1", "high", "3.46.1")),
    ],
)
def test_what_a_library_is(path: str, data: bytes, expected: tuple[str, str, str, str]) -> None:
    """By its name and text; two versions are none."""
    assert found(path, data) == [expected]


def test_the_name_of_the_distribution_in_the_name_of_a_file() -> None:
    """It is removed if auditwheel's hash shows that it was added."""
    assert found("libssl-holder-0123abcd.so.1.1.0", b"") == [("openssl", "1.1.0", "medium", "libssl.so.1.1.0")]
    assert found("libpcre2-8-0123abcd.so.0", b"")[0][0] == "libpcre2-8"


def test_what_is_linked_in() -> None:
    """Text that only one library has identifies it; plain numbers do not."""
    data = b"\x0021406\0OpenSSL 3.0.1 \x003.46.1\0"
    assert found("_m.so", data, library=False) == [("openssl", "3.0.1", "medium", "OpenSSL 3.0.1")]
    both = found("_m.so", data + b"Opening", library=False)
    assert ("libxml2", "2.14.6", "medium", "21406") in both


def test_what_is_loaded_is_not_linked_in() -> None:
    """Headers leave text of their library."""
    assert found("_m.so", b"OpenSSL 3.0.1 ", "libcrypto-0123abcd.so.3", library=False) == []


@pytest.mark.parametrize(
    "entry",
    [{"name": "a"}, {"sonames": []}, {"name": "a", "sonames": [], "text": ["("]}, {"name": "a", "typo": 1}],
)
def test_a_wrong_rule(entry: dict[str, object]) -> None:
    """A rule that breaks the format is an error."""
    with pytest.raises(MalformedError):
        parse_rules({"library": [entry]})


def test_the_shipped_rules() -> None:
    """Each has a name and a pattern of its own, with one group; texts begin with plain characters."""
    shipped = rules()
    assert [each.name for each in shipped] == sorted({each.name for each in shipped})
    stems = [stem for each in shipped for stem in each.sonames]
    assert len(stems) == len(set(stems))
    for each in shipped:
        assert each.text or each.named_text or each.file, each.name
        assert all(pattern.groups == 1 for pattern in (*each.text, *each.named_text)), each.name
        assert each.file is None or each.file.groups == 1, each.name
        assert all(re.match(rb"[\w ]{3}|\\x00[\w(]", pattern.pattern) for pattern in each.text), each.name
    assert len(Certainty) == 3
