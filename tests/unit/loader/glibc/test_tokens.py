"""Dynamic string tokens, one text at a time."""

from __future__ import annotations

import pytest

from pip_sysdeps.loader.glibc.tokens import expand


@pytest.mark.parametrize(
    ("text", "expanded"),
    [
        ("/plain", "/plain"),
        ("$ORIGIN", "/app/bin"),
        ("${ORIGIN}", "/app/bin"),
        ("$ORIGIN/../lib", "/app/bin/../lib"),
        ("/x/$LIB/y", "/x/lib/x86_64-linux-gnu/y"),
        ("/x/${LIB}y", "/x/lib/x86_64-linux-gnuy"),
        ("$ORIGIN/$LIB:$ORIGIN", "/app/bin/lib/x86_64-linux-gnu:/app/bin"),
        ("$ORIGINAL/x", "$ORIGINAL/x"),
        ("$ORIGIN_/x", "$ORIGIN_/x"),
        ("$LIB64", "$LIB64"),
        ("${ORIGIN", "${ORIGIN"),
        ("${ORIGINAL}", "${ORIGINAL}"),
        ("$origin $ $$ORIGIN", "$origin $ $/app/bin"),
        ("$FOO/x", "$FOO/x"),
        ("/x/$PLATFORM", None),
        ("$ORIGIN/${PLATFORM}", None),
    ],
)
def test_expand(text: str, expanded: str | None) -> None:
    """A known token is replaced, an unknown one stays, one without a value voids the text."""
    assert expand(text, origin="/app/bin", lib="lib/x86_64-linux-gnu", platform="") == expanded
