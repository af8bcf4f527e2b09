"""Parse apt's sources: the one-line and the deb822 style, and lists of mirrors.

Source: sources.list(5), deb822(5), apt-transport-mirror(1).
"""

from __future__ import annotations

import re
from dataclasses import dataclass

from pip_sysdeps.errors import MalformedError

_LINE = re.compile(r"deb\s+(?:\[([^\]]*)\]\s*)?(\S+)\s+(\S+)\s*(.*)")
_TRUST = (
    *("Trusted", "Allow-Insecure", "Allow-Weak", "Allow-Downgrade-To-Insecure"),
    *("Check-Valid-Until", "Valid-Until-Min", "Valid-Until-Max", "Check-Date", "Date-Max-Future", "InRelease-Path"),
)
"""Options that change how an archive is verified, besides `Signed-By`."""
_IGNORED = {name.lower(): name for name in _TRUST}
_LAST_PRIORITY = 1 << 32
"""The priority of a mirror that states none: after all others."""


@dataclass(frozen=True, slots=True, kw_only=True)
class AptSource:
    """One entry for archives of binary packages."""

    uris: tuple[str, ...]
    """Its addresses."""
    suites: tuple[str, ...]
    """Suites, or exact paths that end in `/`."""
    components: tuple[str, ...]
    """`main`; none for an exact path."""
    signed_by: str = ""
    """`Signed-By`: files, fingerprints, or a whole key over several lines."""
    architectures: tuple[str, ...] = ()
    """`Architectures`: those that apt requests; empty for all."""
    ignored: tuple[str, ...] = ()
    """Names of other options about verification; `dump_source` drops them."""


def parse_source_list(text: str) -> tuple[AptSource, ...]:
    """Parse the one-line style, `sources.list`. Raise MalformedError for a `deb` line that is not complete."""
    sources = []
    for number, line in enumerate(text.split("\n"), 1):
        entry = line.partition("#")[0].strip()
        if entry.split(None, 1)[:1] != ["deb"]:
            continue
        match = _LINE.fullmatch(entry)
        if match is None:
            raise MalformedError("not a complete entry", where=f"line {number}")
        pairs = [word.partition("=") for word in (match[1] or "").split()]
        options = {name.rstrip("+-").lower(): value for name, _, value in pairs}
        options["architectures"] = next((value for name, _, value in pairs if name == "arch"), "")  # `arch+=` adds
        sources.append(_source((match[2],), (match[3],), tuple(match[4].split()), options))
    return tuple(sources)


def parse_sources(text: str) -> tuple[AptSource, ...]:
    """Parse the deb822 style, `*.sources`. Raise MalformedError for an entry without URIs or suites."""
    sources = []
    for number, stanza in enumerate(re.split(r"\n\s*\n", text), 1):
        fields = _fields(stanza)
        if "deb" not in fields.get("types", "").split() or fields.get("enabled", "yes") == "no":
            continue
        uris, suites = tuple(fields.get("uris", "").split()), tuple(fields.get("suites", "").split())
        if not uris or not suites:
            raise MalformedError("an entry has no URIs or Suites", where=f"entry {number}")
        sources.append(_source(uris, suites, tuple(fields.get("components", "").split()), fields))
    return tuple(sources)


def parse_mirrors(text: str) -> tuple[str, ...]:
    """Parse a list of mirrors: the URIs that serve indices, by priority, then in their order.

    One per line, followed by `type:index` or `priority:1`; apt uses mirrors of the same priority in any order.
    """
    found = []
    for line in text.split("\n"):
        words = line.partition("#")[0].split()
        facts = [word.partition(":") for word in words[1:]]
        types = {value for name, _, value in facts if name == "type"}
        priorities = [
            int(value) for name, _, value in facts if name == "priority" and re.fullmatch("[0-9]{1,9}", value)
        ]
        if words and (not types or "index" in types):
            found.append((min(priorities, default=_LAST_PRIORITY), words[0]))
    return tuple(uri for _, uri in sorted(found, key=lambda each: each[0]))


def dump_source(source: AptSource) -> str:
    """Return one entry in the deb822 style, with no option but `Signed-By`."""
    fields = [("Types", "deb"), ("URIs", " ".join(source.uris)), ("Suites", " ".join(source.suites))]
    fields += [("Components", " ".join(source.components))] if source.components else []
    fields += [("Signed-By", source.signed_by)] if source.signed_by else []
    return "".join(f"{name}: {value}\n" for name, value in fields)


def _source(
    uris: tuple[str, ...], suites: tuple[str, ...], components: tuple[str, ...], options: dict[str, str]
) -> AptSource:
    return AptSource(
        uris=uris,
        suites=suites,
        components=components,
        signed_by=options.get("signed-by", ""),
        architectures=tuple(re.findall(r"[^\s,]+", options.get("architectures", ""))),
        ignored=tuple(name for key, name in _IGNORED.items() if key in options),
    )


def _fields(stanza: str) -> dict[str, str]:
    """Parse one stanza. The lines of a value are kept, which an embedded key in Signed-By needs."""
    fields: dict[str, list[str]] = {}
    name = ""
    for line in stanza.split("\n"):
        if line.startswith("#"):
            continue
        if line[:1] in {" ", "\t"} and name:
            fields[name].append(line)
        else:
            key, _, value = line.partition(":")
            name = key.strip().lower()
            fields[name] = [value.strip()]
    return {name: "\n".join(lines) for name, lines in fields.items()}
