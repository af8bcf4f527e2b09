"""apt's sources: the one-line and the deb822 style. Source: sources.list(5), deb822(5)."""

from __future__ import annotations

import re

from pip_sysdeps.errors import MalformedError
from pip_sysdeps.values import dataclass

_LINE = re.compile(r"deb\s+(?:\[([^\]]*)\]\s*)?(\S+)\s+(\S+)\s*(.*)")
_OPTIONS = {"signed-by": "Signed-By", "trusted": "Trusted", "check-valid-until": "Check-Valid-Until"}
"""The options that say how an archive is verified; those about architectures, languages and targets do not matter."""


@dataclass(frozen=True, slots=True, kw_only=True)
class AptSource:
    """Archives of binary packages, as one entry names them."""

    uris: tuple[str, ...]
    """Where they are."""
    suites: tuple[str, ...]
    """Suites, or exact paths that end in `/`."""
    components: tuple[str, ...]
    """`main`; none for an exact path."""
    options: tuple[tuple[str, str], ...]
    """`Signed-By` (file, fingerprint, or a whole key over several lines), `Trusted`, `Check-Valid-Until`."""


def parse_source_list(text: str) -> tuple[AptSource, ...]:
    """Read the one-line style, `sources.list`. Raise MalformedError for a `deb` line that is not complete."""
    sources = []
    for number, line in enumerate(text.splitlines(), 1):
        entry = line.partition("#")[0].strip()
        if entry.split(None, 1)[:1] != ["deb"]:
            continue
        match = _LINE.fullmatch(entry)
        if match is None:
            raise MalformedError("not a complete entry", where=f"line {number}")
        pairs = (word.partition("=") for word in (match[1] or "").split())
        options = tuple((_OPTIONS[name.lower()], value) for name, _, value in pairs if name.lower() in _OPTIONS)
        sources.append(
            AptSource(uris=(match[2],), suites=(match[3],), components=tuple(match[4].split()), options=options)
        )
    return tuple(sources)


def parse_sources(text: str) -> tuple[AptSource, ...]:
    """Read the deb822 style, `*.sources`. Raise MalformedError for an entry without URIs or suites."""
    sources = []
    for number, stanza in enumerate(re.split(r"\n\s*\n", text), 1):
        fields = _fields(stanza)
        if "deb" not in fields.get("types", "").split() or fields.get("enabled", "yes") == "no":
            continue
        uris, suites = tuple(fields.get("uris", "").split()), tuple(fields.get("suites", "").split())
        if not uris or not suites:
            raise MalformedError("an entry without URIs or Suites", where=f"entry {number}")
        options = tuple((name, fields[key]) for key, name in _OPTIONS.items() if key in fields)
        sources.append(
            AptSource(uris=uris, suites=suites, components=tuple(fields.get("components", "").split()), options=options)
        )
    return tuple(sources)


def dump_source(source: AptSource) -> str:
    """Write one entry in the deb822 style."""
    fields = [("Types", "deb"), ("URIs", " ".join(source.uris)), ("Suites", " ".join(source.suites))]
    fields += [("Components", " ".join(source.components))] if source.components else []
    return "".join(f"{name}: {value}\n" for name, value in [*fields, *source.options])


def _fields(stanza: str) -> dict[str, str]:
    """Read one stanza; a value over several lines keeps them, as the folded key in Signed-By needs."""
    fields: dict[str, str] = {}
    name = ""
    for line in stanza.splitlines():
        if line.startswith("#"):
            continue
        if line[:1] in {" ", "\t"} and name:
            fields[name] += "\n" + line
        else:
            key, _, value = line.partition(":")
            name = key.strip().lower()
            fields[name] = value.strip()
    return fields
