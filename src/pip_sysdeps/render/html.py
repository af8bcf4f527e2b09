"""Render an audit as one self-contained HTML page, with a script only for search and highlighting."""

from __future__ import annotations

import base64
import hashlib
from itertools import groupby
from typing import TYPE_CHECKING

from pip_sysdeps.lock.selection import packages_to_install
from pip_sysdeps.render.markup import code, element, items, text
from pip_sysdeps.render.picture import COLUMN_HEADINGS, chains, picture
from pip_sysdeps.render.table import HEADINGS, libraries, needed_when, severity_counts, size
from pip_sysdeps.report.audit import PackageState
from pip_sysdeps.report.catalogue import Severity
from pip_sysdeps.words import format_count, format_list

if TYPE_CHECKING:
    from collections.abc import Callable, Iterable, Iterator, Mapping, Sequence

    from pip_sysdeps.lock.document import LockedNeed, Target
    from pip_sysdeps.packages.closure import Cost
    from pip_sysdeps.render.read_page import Page
    from pip_sysdeps.report.audit import Audit, DistributionRow, PackageRow
    from pip_sysdeps.report.findings import Finding

_SECTIONS = {
    "findings": "Findings",
    "line": HEADINGS[PackageState.INSTALL],
    "chains": "Why packages are needed",
    "offered": HEADINGS[PackageState.OFFER],
    "wheels": "Distributions",
    "targets": "Targets of the lock",
    "base": HEADINGS[PackageState.BASE],
}
_ROLES = {None: "good", Severity.ERROR: "bad", Severity.WARNING: "doubt"}
_MAX_HOLDERS = 6
_MAX_LINES = 10
_MAX_PRINTED_ROWS = 60
"""Limit on the rows of a picture that is readable on one sheet of paper."""
_MAX_CHAINS = 1000
"""Limit on the chains of the picture: more are slow to draw and unreadable."""


def audit_as_html(audit: Audit, short: Callable[[str], str], page: Page) -> str:
    """Render the report as a page; `short` formats a path."""
    sections = {name: content for name, content in _contents(audit, short) if content}
    title = f"System libraries of {audit.target.id}"
    body = [
        element("header", *_header(audit, title), _navigation(sections), _SEARCH),
        element("main", *(_section(name, content) for name, content in sections.items())),
        element("footer", "Written by <code>pip-sysdeps audit --format html</code>. Sizes are installed sizes."),
    ]
    digest = base64.b64encode(hashlib.sha256(page.script.encode("ascii")).digest()).decode("ascii")
    return page.template.substitute(
        title=text(title), style=page.style, script=page.script, hash=f"sha256-{digest}", body="\n".join(body)
    )


_SEARCH = (
    '<div class="search" role="search" hidden><label for="find">Find a distribution, library or package</label>'
    '<input id="find" type="search" autocomplete="off"> <output class="soft" for="find"></output></div>'
)


def _contents(audit: Audit, short: Callable[[str], str]) -> Iterator[tuple[str, str]]:
    """Yield the sections in order, including empty ones."""
    packages = _Anchors("p", [row.package.name for row in audit.packages])
    distributions = _Anchors("d", [row.name for row in audit.distributions])
    yield "findings", _findings(audit.findings, short)
    yield "line", _packages(audit.in_state(PackageState.INSTALL), packages, distributions)
    yield "chains", _chains(audit, packages, distributions)
    yield "offered", _packages(audit.in_state(PackageState.OFFER), packages, distributions, note=audit.how_to_add)
    yield "wheels", "".join(_distribution(row, packages, distributions) for row in audit.distributions)
    yield "targets", _targets(audit) if audit.others else ""
    yield "base", _folded_packages(_packages(audit.in_state(PackageState.BASE), packages, distributions), audit)


class _Anchors:
    """The ids of rows as link targets; they are numbers, because names may have any characters."""

    def __init__(self, letter: str, names: Sequence[str]) -> None:
        self._ids = {name: f"{letter}{number}" for number, name in enumerate(names)}

    def id(self, name: str) -> str:
        return self._ids[name]

    def fragments(self) -> Mapping[str, str]:
        return {name: f"#{each}" for name, each in self._ids.items()}

    def link(self, name: str, shown: str = "") -> str:
        label = text(shown or name)
        return element("a", label, href=f"#{self._ids[name]}") if name in self._ids else label


def _header(audit: Audit, title: str) -> Iterator[str]:
    target = audit.target
    yield element("p", "pip-sysdeps audit", class_="kicker")
    yield element("h1", text(title))
    floor = f", glibc {target.needs_glibc} for {target.needs_glibc_by}" if target.needs_glibc else ""
    yield element("p", text(f"Needs Python {target.python}{floor}."), class_="soft")
    yield element("ul", *_cards(audit), class_="cards")


def _cards(audit: Audit) -> Iterator[str]:
    line = audit.in_state(PackageState.INSTALL)
    yield _card(str(len(line)), f"{format_count(len(line), 'package').partition(' ')[2]} to install")
    if audit.size:
        yield _card(_kib(audit.size), "installed size of these packages")
    if audit.adds is not None and audit.adds.size > audit.size:
        yield _card(
            _kib(audit.adds.size), f"with all dependencies: {format_count(len(audit.adds.packages), 'package')}"
        )
    worst_severity = audit.findings[0].entry.severity if audit.findings else None
    yield _card(
        str(len(audit.findings)),
        text(severity_counts(audit.findings) if worst_severity else "findings"),
        _ROLES.get(worst_severity, ""),
    )


def _card(number: str, words: str, role: str = "") -> str:
    return element("li", element("b", number), element("span", words), **({"class_": role} if role else {}))


def _navigation(sections: Iterable[str]) -> str:
    links = (element("li", element("a", _SECTIONS[name], href=f"#{name}")) for name in sections)
    return element("nav", element("ul", *links), aria_label="Sections")


def _section(name: str, content: str) -> str:
    return element(
        "section", element("h2", _SECTIONS[name], id=f"h-{name}"), content, id=name, aria_labelledby=f"h-{name}"
    )


def _kib(kibibytes: int) -> str:
    """Return a size as an element `data` with the value of the JSON document; empty if unknown."""
    return element("data", text(size(kibibytes)), value=str(kibibytes)) if kibibytes else ""


def _findings(found: Sequence[Finding], short: Callable[[str], str]) -> str:
    groups = [(entry, list(group)) for entry, group in groupby(found, key=lambda each: each.entry)]
    return "".join(
        _details(
            f'{_chip(entry.severity.value)} {text(entry.summary)} <span class="soft">{entry.code} {entry.name}</span>',
            _folded_list([_finding(each, short) for each in group]),
            class_="box",
            **({"open": ""} if entry.severity is Severity.ERROR else {}),
        )
        for entry, group in groups
    )


def _folded_list(lines: Sequence[str]) -> str:
    """Return the lines as a list; the later lines of a long list are folded."""
    first, others = lines[:_MAX_LINES], lines[_MAX_LINES:]
    rest = element("details", element("summary", f"{len(others)} more"), items(others)) if others else ""
    return items(first) + rest


def _chip(word: str) -> str:
    return element("span", text(word), class_=f"chip {word}")


def _finding(finding: Finding, short: Callable[[str], str]) -> str:
    issue = finding.issue
    holder = f"<strong>{text(issue.distribution)}</strong>: " if issue.distribution else ""
    subjects = f"{format_list([*map(code, issue.subjects)])}: " if issue.subjects else ""
    files = format_list([code(short(file)) for file in issue.files])
    shown = f' <span class="soft">{files}</span>' if files else ""
    return f"{holder}{subjects}{text(issue.message)}{shown}"


def _details(head: str, content: str, **attributes: str) -> str:
    return element("details", element("summary", head), content, data_find="", **attributes)


_SIZE_LEGEND = '<p class="legend"><i></i>the package<i class="pulled"></i>its dependencies, without base packages</p>'


def _packages(rows: Sequence[PackageRow], packages: _Anchors, distributions: _Anchors, *, note: str = "") -> str:
    if not rows:
        return ""
    largest = max((row.adds.size for row in rows if row.adds), default=0)
    heads = ("Package", "Version", "Size", "Size with dependencies", "When", "Needed by")
    head = element("tr", *(element("th", each, scope="col") for each in heads))
    body = (_package(row, largest, packages, distributions) for row in rows)
    table = element("table", element("thead", head), element("tbody", *body), class_="rows")
    return (_SIZE_LEGEND if largest else "") + table + (element("p", text(note), class_="soft") if note else "")


def _package(row: PackageRow, largest: int, packages: _Anchors, distributions: _Anchors) -> str:
    name = row.package.name
    holders = dict.fromkeys((use.distribution, use.version) for use in row.uses)
    users = [distributions.link(holder, f"{holder} {version}".rstrip()) for holder, version in holders]
    cells = {
        "Version": text(row.version),
        "Size": _kib(row.size),
        "Size with dependencies": _size_with_dependencies(row, largest),
        "When": text(needed_when(row)),
        "Needed by": _folded_links(users),
    }
    head = element("th", text(name), scope="row")
    rest = (element("td", cell, data_label=label) for label, cell in cells.items())
    return f'<tr id="{packages.id(name)}" data-find>{head}{"".join(rest)}</tr>'


def _folded_links(links: Sequence[str]) -> str:
    """Return the first links; the others are folded."""
    more = len(links) - _MAX_HOLDERS
    first = ", ".join(links[:_MAX_HOLDERS])
    return first + (
        element("details", element("summary", f"{more} more"), ", ".join(links[-more:])) if more > 0 else ""
    )


def _size_with_dependencies(row: PackageRow, largest: int) -> str:
    """Return the size of a package with its dependencies, with a bar that shows the share of the package itself."""
    if row.adds is None or not row.adds.size:
        return ""
    share, own_share = 100 * row.adds.size / largest, 100 * min(1, row.size / row.adds.size)
    more = len(row.adds.packages) - 1
    label = f"{_kib(row.adds.size)} with {format_count(more, 'more package')}" if more > 0 else _kib(row.adds.size)
    return f'{label}<span class="bar" style="width:{share:.1f}%"><i style="width:{own_share:.1f}%"></i></span>'


def _chains(audit: Audit, packages: _Anchors, distributions: _Anchors) -> str:
    found = chains(audit)
    if not found:
        return ""
    if len(found) > _MAX_CHAINS:
        return element("p", f"Not drawn: {format_count(len(found), 'chain')}, more than {_MAX_CHAINS}", class_="soft")
    links = {
        **{(column, name): link for column in (0, 1) for name, link in distributions.fragments().items()},
        **{(3, name): link for name, link in packages.fragments().items()},
    }
    rows = max(len({chain.names[column] for chain in found}) for column in range(len(COLUMN_HEADINGS)))
    class_ = "picture" if rows <= _MAX_PRINTED_ROWS else "picture tall"
    drawing = element(
        "div",
        picture(found, links),
        class_=class_,
        tabindex="0",
        role="region",
        aria_label="Picture of the requirement chains",
    )
    explanation = (
        "Point at a box, or reach it with the Tab key, to see its chain. Dashed packages are not in the install line. "
        "Red boxes: nothing provides the library. Base packages are not shown."
    )
    return element("p", explanation, class_="soft") + drawing


def _distribution(row: DistributionRow, packages: _Anchors, distributions: _Anchors) -> str:
    head = f"<strong>{text(row.name)}</strong> {text(row.version)}"
    cost = element("span", _cost(row.cost), class_="soft") if _cost(row.cost) else ""
    facts = "".join(
        element("dt", label) + element("dd", content)
        for label, content in _facts(row, packages, distributions)
        if content
    )
    title = element("span", element("span", head), cost, class_="ends")
    return _details(title, element("dl", facts), id=distributions.id(row.name))


def _facts(row: DistributionRow, packages: _Anchors, distributions: _Anchors) -> Iterator[tuple[str, str]]:
    yield "required by", " &rarr; ".join(map(distributions.link, row.requirement_chain[:-1]))
    yield "wheel", code(row.wheel) if row.wheel else ""
    yield "needs", ", ".join(_need(need, packages) for need in row.needs)
    yield "vendors", ", ".join(code(name.rpartition("/")[2]) for name in row.vendored)
    yield "listed in its SBOM", ", ".join(text(f"{each.name} {each.version}".rstrip()) for each in row.components)
    yield "found in its files", ", ".join(map(text, libraries(row)))
    yield "costs", _cost(row.cost, named=True)
    yield "without it", f"{saved} less" if (saved := _cost(row.saved)) else ""


def _need(need: LockedNeed, packages: _Anchors) -> str:
    provider = packages.link(need.installed) if need.installed else text(need.distribution or need.class_)
    return f"{code(need.name)} ({provider})"


def _cost(cost: Cost | None, *, named: bool = False) -> str:
    """Return a size and a number of packages, with their names if `named`; empty for no packages."""
    if cost is None or not cost.packages:
        return ""
    names = f": {', '.join(map(text, cost.packages))}" if named else ""
    return f"{_kib(cost.size)} {'in ' if cost.size else ''}{format_count(len(cost.packages), 'package')}{names}"


def _targets(audit: Audit) -> str:
    """Return the packages of every target, side by side."""
    targets = (audit.target, *audit.others)
    states = [_states(each) for each in targets]
    names = sorted({name for each in states for name in each})
    head = element(
        "tr", *(element("th", text(each), scope="col") for each in ("Package", *(one.id for one in targets)))
    )
    rows = (_target_row(name, [each.get(name, "") for each in states]) for name in names)
    table = element("table", element("thead", head), element("tbody", *rows))
    return element("div", table, class_="scroll", tabindex="0", role="region", aria_label="Targets side by side")


def _target_row(name: str, states: Sequence[str]) -> str:
    cells = "".join(element("td", text(each) or "&ndash;") for each in states)
    differs = "" if len(set(states)) == 1 else ' class="differs"'
    return f"<tr data-find{differs}>{element('th', text(name), scope='row')}{cells}</tr>"


def _states(target: Target) -> dict[str, str]:
    """Return the state of each package of a target, without base packages."""
    line = {each.package.name for each in packages_to_install(target)}
    offered = {each.name: "not in the install line" for each in target.entries() if not each.base}
    return {**offered, **dict.fromkeys(line, "to install")}


def _folded_packages(table: str, audit: Audit) -> str:
    count = format_count(len(audit.in_state(PackageState.BASE)), "package")
    return element("details", element("summary", count), table, class_="box") if table else ""
