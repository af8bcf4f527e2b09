"""What a library or program opens itself, but its package does not depend on."""

from __future__ import annotations

import pytest

from pip_sysdeps.byname.companions import Companion, companion_references, parse_companions, without_stated
from pip_sysdeps.byname.read_knowledge import companions, known_files
from pip_sysdeps.errors import MalformedError
from pip_sysdeps.model.needs import (
    Confidence,
    FromCapability,
    FromPackage,
    Missing,
    Need,
    Provider,
    Reference,
    ReferenceKind,
    Unowned,
    When,
)

AGENT = Companion(of=("gpg",), kind=ReferenceKind.PROGRAM, names=("gpg-agent",), why="makes keys", unless=("agents",))
GPG = Need(
    program="gpg",
    when=When.EXEC,
    by=("/site/a.py",),
    provider=FromPackage(package="gpg", path=""),
    confidence=Confidence.HIGH,
)


def found(*needs: Need, installed: tuple[str, ...] = (), entry: Companion = AGENT) -> list[Reference]:
    """Return the references to companions of needs."""
    return [*companion_references(needs, dict.fromkeys(entry.of, (entry,)), installed)]


def test_the_shipped_file() -> None:
    """Its entries are sorted, name a library or program that needs something, and their files are in each index."""
    entries = [*dict.fromkeys(each for of_one in companions().values() for each in of_one)]
    assert [each.of[0] for each in entries] == sorted(each.of[0] for each in entries)
    assert all(each.names and each.why for each in entries)
    files = {name for each in entries if each.kind is ReferenceKind.FILE for name in each.names}
    assert files <= known_files()


def test_a_companion() -> None:
    """It is declared, by the files that need the program, and its reason names the program."""
    assert found(GPG) == [
        Reference(
            kind=ReferenceKind.PROGRAM,
            names=("gpg-agent",),
            when=When.DECLARED,
            by=("/site/a.py",),
            evidence="knowledge about gpg: makes keys",
            confidence=Confidence.HIGH,
        )
    ]


@pytest.mark.parametrize(
    ("when", "certainty", "confidence"),
    [
        (When.EXEC, Confidence.HIGH, Confidence.HIGH),
        (When.EXEC, Confidence.MEDIUM, Confidence.MEDIUM),
        (When.IMPORT, None, Confidence.HIGH),
        (When.PLUGIN, None, Confidence.MEDIUM),
    ],
)
def test_a_companion_is_as_certain_as_the_need(
    when: When, certainty: Confidence | None, confidence: Confidence
) -> None:
    """It is in the line if the need is; otherwise it is offered."""
    (one,) = found(GPG._replace(when=when, confidence=certainty))
    assert one.confidence is confidence


def test_a_companion_for_one_feature_is_offered() -> None:
    """Its own confidence is the most that it has."""
    (one,) = found(GPG, entry=AGENT._replace(confidence=Confidence.MEDIUM))
    assert one.confidence is Confidence.MEDIUM


@pytest.mark.parametrize(
    ("provider", "count"),
    [
        (FromPackage(package="gpg", path="/usr/bin/gpg"), 1),
        (FromCapability(capability="/usr/bin/gpg"), 1),
        (Unowned(path="/usr/local/bin/gpg"), 0),
        (Missing(), 0),
    ],
)
def test_only_what_a_package_provides_has_companions(provider: Provider, count: int) -> None:
    """A library or program from elsewhere has its own parts."""
    assert len(found(GPG._replace(provider=provider))) == count


def test_a_companion_that_a_distribution_contains() -> None:
    """Nothing is needed beside it."""
    assert not found(GPG, installed=("agents",))


def test_companions_of_alternatives() -> None:
    """Only the first alternative is installed, so only its companions are needed."""
    either = GPG._replace(program="", any_of=("liba.so.1", "libb.so.1"))
    assert len(found(either, entry=AGENT._replace(of=("liba.so.1",)))) == 1
    assert not found(either, entry=AGENT._replace(of=("libb.so.1",)))


@pytest.mark.parametrize(
    ("stated", "found", "stays"),
    [
        (Confidence.HIGH, Confidence.HIGH, False),
        (Confidence.HIGH, Confidence.MEDIUM, False),
        (Confidence.MEDIUM, Confidence.HIGH, True),
        (Confidence.MEDIUM, Confidence.MEDIUM, False),
    ],
)
def test_a_companion_that_the_sources_name(stated: Confidence, found: Confidence, *, stays: bool) -> None:
    """It is not stated twice, unless the companion is more certain."""
    own, beside = GPG._replace(confidence=stated), GPG._replace(confidence=found, when=When.DECLARED)
    assert without_stated([beside], [own]) == ((beside,) if stays else ())
    assert without_stated([beside], []) == (beside,)


@pytest.mark.parametrize(
    "changes",
    [{"of": None}, {"why": None}, {"program": None}, {"file": ["/a"]}, {"evidence": "a: b"}],
)
def test_a_malformed_entry(changes: dict[str, object]) -> None:
    """It is refused with its number: it needs all keys, one thing, and no other key."""
    good = {"of": ["gpg"], "program": ["gpg-agent"], "why": "makes keys", "unless": ["agents"]}
    bad = {key: value for key, value in {**good, **changes}.items() if value is not None}
    assert parse_companions([good]) == (AGENT,)
    with pytest.raises(MalformedError, match="a companion needs") as caught:
        parse_companions([good, bad])
    assert caught.value.where == "[1]"
