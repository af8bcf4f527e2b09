"""Needs that no ELF file states, from a scan into the lock and on to the person."""

from __future__ import annotations

from dataclasses import replace

from builders.facts import distribution, scan_of
from pip_sysdeps.lock.build import to_target
from pip_sysdeps.lock.document import LockedNeed as Locked
from pip_sysdeps.lock.document import Unresolved
from pip_sysdeps.lock.selection import packages_to_install
from pip_sysdeps.lock.text import block, loads
from pip_sysdeps.lock.text import header as lock_header
from pip_sysdeps.model.needs import Confidence, DistributionNeeds, FromPackage, Missing, Need, When
from pip_sysdeps.report.offers import offers, packaged_distributions, unresolved_imports, unresolved_others

MAGIC = Need(
    any_of=("libmagic.so.1", "libmagic.so"),
    when=When.DLOPEN,
    by=("/env/site/magic/loader.py",),
    provider=FromPackage(package="libmagic1", path=""),
    evidence="ctypes.util.find_library('magic')",
    confidence=Confidence.HIGH,
)
DOT = Need(
    program="dot",
    when=When.EXEC,
    by=("/env/site/magic/draw.py",),
    provider=FromPackage(package="graphviz", path=""),
    evidence="subprocess.run(['dot', ...])",
    confidence=Confidence.MEDIUM,
)
FONT = Need(
    file="/usr/share/fonts/x.ttf",
    when=When.DECLARED,
    by=("/env/site/magic-1.0.dist-info",),
    provider=Missing(note="no package has it"),
)


def target_of(*needs: Need) -> DistributionNeeds:
    """Return a distribution with these needs."""
    return DistributionNeeds(distribution=distribution("magic"), needs=needs, vendored=(), glibc="")


def test_every_kind_of_name_reaches_the_lock() -> None:
    """Alternatives, programs and files stand in the lock, and are read again as they were."""
    target = to_target(scan_of(target_of(MAGIC, DOT, FONT)))
    assert target.distribution[0].offered == (
        Locked(
            program="dot",
            package="graphviz",
            when="exec",
            by=("magic/draw.py",),
            confidence="medium",
        ),
    )
    assert target.distribution[0].needs == (
        Locked(
            any_of=("libmagic.so.1", "libmagic.so"),
            package="libmagic1",
            when="dlopen",
            by=("magic/loader.py",),
            confidence="high",
        ),
    )
    assert target.unresolved == (
        Unresolved(
            file="/usr/share/fonts/x.ttf",
            when="declared",
            distribution="magic",
            by=("magic-1.0.dist-info",),
            note="no package has it",
        ),
    )
    assert loads(lock_header() + block(target)).target == (target,)


def test_the_line_has_what_is_sure_and_offers_the_rest() -> None:
    """High confidence is in the line; medium is named with its kind, and at the end the policy that adds it."""
    neato = DOT._replace(program="neato")
    target = to_target(scan_of(target_of(MAGIC, DOT, neato)))
    assert [each.package.name for each in packages_to_install(target)] == ["libmagic1"]
    assert list(offers(target)) == [
        "not in the install line: magic: graphviz (exec)",
        (
            "`pip-sysdeps policy use NAME --reason TEXT` adds one, "
            "`pip-sysdeps policy ignore NAME --reason TEXT` rejects it; "
            "`pip-sysdeps install-line --when default,exec` prints all of them"
        ),
    ]
    assert list(offers(target, before=target)) == []
    assert [each.package.name for each in packages_to_install(target, when={"exec"})] == ["graphviz"]


def test_what_nothing_answers_is_told_by_its_weight() -> None:
    """What an import needs in a line of its own, all else in one line."""
    gone = Need(soname="libgone.so.1", when=When.IMPORT, by=("/env/site/magic/m.so",), provider=Missing())
    target = to_target(scan_of(target_of(gone, FONT)))
    assert list(unresolved_imports(target)) == ["unresolved: libgone.so.1, which magic needs"]
    assert list(unresolved_others(target)) == [
        "unresolved, but not needed by any import: /usr/share/fonts/x.ttf (magic)"
    ]
    assert list(unresolved_others(to_target(scan_of(target_of(gone))))) == []


def test_a_distribution_that_is_a_binary_package_is_told() -> None:
    """The line has what python3-magic needs, and not python3-magic, unless the project adds it."""
    locked = to_target(scan_of(target_of(MAGIC)))
    target = replace(locked, distribution=(replace(locked.distribution[0], source="dpkg:python3-magic"),))
    (line,) = packaged_distributions(target)
    assert line == (
        "not in the install line, but distributions come from them: python3-magic (magic); "
        "`pip-sysdeps policy add PACKAGE --distribution NAME --reason TEXT` adds one"
    )
    assert list(packaged_distributions(locked)) == []
    added = replace(target.distribution[0].needs[0], package="python3-magic", any_of=(), soname="x", when="declared")
    distribution_with_it = replace(target.distribution[0], needs=(added,))
    package = replace(target.package[0], name="python3-magic")
    assert list(packaged_distributions(replace(target, distribution=(distribution_with_it,), package=(package,)))) == []
