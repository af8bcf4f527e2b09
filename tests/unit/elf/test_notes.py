"""Dlopen notes of built files."""

from __future__ import annotations

import json

import pytest

from builders.elf import Elf
from builders.elf_memory import in_memory
from pip_sysdeps.elf.notes import DlopenNote, dlopen_notes
from pip_sysdeps.errors import MalformedElf

BUILD_ID = ("GNU", 3, b"\1" * 20)
QR = {
    "soname": ["libqrencode.so.4", "libqrencode.so.3"],
    "feature": "qrcode",
    "description": "d",
    "priority": "suggested",
}


def noted(*notes: bytes, little_endian: bool = True) -> bytes:
    """Return a file with dlopen notes behind its build ID."""
    rows = tuple(("FDO", 0x407C0C0A, note) for note in notes)
    return Elf(little_endian=little_endian, notes=(BUILD_ID, *rows)).build()


@pytest.mark.parametrize("little_endian", [True, False])
def test_notes_in_order(little_endian: bool) -> None:
    """Every entry of every note comes back, in order, with what was left out filled in."""
    first, second = (
        json.dumps([QR, {"soname": ["libz.so.1"]}]),
        json.dumps([{"soname": ["liby.so"], "priority": "new"}]),
    )
    content = noted(first.encode() + b"\0", second.encode(), little_endian=little_endian)
    assert dlopen_notes(*in_memory(content)) == (
        DlopenNote(
            sonames=("libqrencode.so.4", "libqrencode.so.3"), feature="qrcode", description="d", priority="suggested"
        ),
        DlopenNote(sonames=("libz.so.1",), feature="", description="", priority="recommended"),
        DlopenNote(sonames=("liby.so",), feature="", description="", priority="recommended"),
    )


@pytest.mark.parametrize("notes", [(), (BUILD_ID,), (("FDO", 1, b"[]"),), (("XXX", 0x407C0C0A, b"[]"),)])
def test_other_notes(notes: tuple[tuple[str, int, bytes], ...]) -> None:
    """Notes of others are skipped."""
    assert dlopen_notes(*in_memory(Elf(notes=notes).build())) == ()


@pytest.mark.parametrize(
    ("contents", "reason"),
    [
        (b"{", "a dlopen note is not JSON"),
        (b"\xff", "a dlopen note is not JSON"),
        (b"[" * 100_000, "a dlopen note is not JSON"),
        (b"[" + b"9" * 5000 + b"]", None),
        (b'{"soname": []}', "a dlopen note is not an array of objects"),
        (b"[1]", "a dlopen note is not an array of objects"),
        (b"[{}]", "a dlopen note has a value of the wrong type"),
        (b'[{"soname": [1]}]', "a dlopen note has a value of the wrong type"),
        (b'[{"soname": ["\\ud800"]}]', "a dlopen note has a value of the wrong type"),
        (b'[{"soname": [], "feature": []}]', "a dlopen note has a value of the wrong type"),
    ],
)
def test_malformed_notes(contents: bytes, reason: str | None) -> None:
    """Contents that are not as the specification has them are malformed, at their offset."""
    content = noted(contents)
    with pytest.raises(MalformedElf) as caught:
        dlopen_notes(*in_memory(content))
    assert caught.value.where == f"offset {content.index(contents)}"
    assert reason is None or caught.value.reason == reason


def test_note_that_leads_out_of_its_segment() -> None:
    """A note with an absurd size ends the notes."""
    content = noted(b"[]")
    place = content.index(b"GNU\0") - 12
    assert dlopen_notes(*in_memory(content[:place] + b"\xff" * 4 + content[place + 4 :])) == ()


@pytest.mark.parametrize(
    ("rows", "message"),
    [
        ([{"soname": ["a"]}] * 1001, "more than 1000 dlopen notes"),
        ([{"soname": ["a"] * 21}], "more than 20 names in a dlopen note"),
    ],
)
def test_too_many_features_and_names(rows: list[object], message: str) -> None:
    """The limits on features and names apply before they are used."""
    with pytest.raises(MalformedElf, match=message):
        dlopen_notes(*in_memory(Elf(notes=(("FDO", 0x407C0C0A, json.dumps(rows).encode()),)).build()))
