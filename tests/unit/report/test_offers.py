"""Messages about needs outside the install line."""

from __future__ import annotations

import pytest

from builders.locked import locked, need, target
from pip_sysdeps.lock.document import LockedFile, Unresolved
from pip_sysdeps.report.offers import (
    how_to_add,
    offers,
    omitted_plugins,
    packaged_distributions,
    plugins_left_out,
    unresolved_imports,
    unresolved_others,
)

GL = need("libGL.so.1", "libgl1")
ICE = need("libICE.so.6", "libice6", "plugin")
MAGIC = need("libmagic.so.1", "libmagic1", "dlopen", confidence="medium")
X11 = need("libX11.so.6", "libx11-6", "plugin")
CUDA = need("libcuda.so.1", when="plugin", class_="host")
SM = need("libSM.so.6", "libsm6", "exec")
OPENCV = locked("opencv", GL, offered=(CUDA, ICE, MAGIC, SM, need("libICE.so.6", "libice6", "exec")))
OFFERING = target(OPENCV, unattributed=(LockedFile(file="x/tool.so", offered=(X11,)),))
GONE = Unresolved(soname="libgone.so.1", when="import", distribution="opencv", note="no package has it")
STRAY = Unresolved(soname="libstray.so.1", when="plugin", plugin="*/stray.so", by=("x/a.so", "x/b.so"))
LATER = Unresolved(program="gs", when="exec", distribution="opencv")
LAST = Unresolved(program="dot", when="exec", distribution="opencv")


def test_offers_are_grouped_by_holder_and_kind() -> None:
    """A package that a call needs too does not stand under plugins; how to add them comes last."""
    assert [*offers(OFFERING)] == [
        "not in the install line: opencv: libmagic1 (dlopen); libice6, libsm6 (exec)",
        "not in the install line: x/tool.so: libx11-6 (plugin)",
        (
            "`pip-sysdeps policy use NAME --reason TEXT` adds one, "
            "`pip-sysdeps policy use '*/PLUGIN.so' --reason TEXT` adds all needs of a plugin, "
            "`pip-sysdeps policy ignore NAME --reason TEXT` rejects it; "
            "`pip-sysdeps install-line --when default,dlopen,exec,plugin` prints all of them"
        ),
    ]


def test_offers_of_the_old_lock_are_not_repeated() -> None:
    """Only the file that is new is offered, and how to add it."""
    assert [*offers(OFFERING, target(OPENCV))] == [
        "not in the install line: x/tool.so: libx11-6 (plugin)",
        how_to_add(OFFERING),
    ]
    assert [*offers(OFFERING, OFFERING)] == []


@pytest.mark.parametrize(
    ("offered", "expected"),
    [
        ((), ""),
        ((need("libmagic.so.1", "libgl1", "dlopen"),), ""),
        (
            (MAGIC,),
            (
                "`pip-sysdeps policy use NAME --reason TEXT` adds one, "
                "`pip-sysdeps policy ignore NAME --reason TEXT` rejects it; "
                "`pip-sysdeps install-line --when default,dlopen` prints all of them"
            ),
        ),
    ],
)
def test_how_to_add_names_what_is_left_out(offered: tuple[object, ...], expected: str) -> None:
    """Nothing is left out if the line has the package for another need."""
    assert how_to_add(target(locked("opencv", GL, offered=offered))) == expected


def test_unresolved_needs_of_imports_have_a_line_each() -> None:
    """Needs of imports and chosen plugins have a line each, the others share one without those of the old lock."""
    found = target(unresolved=(GONE, STRAY, LATER, LAST))
    assert [*unresolved_imports(found)] == [
        "unresolved: libgone.so.1, which opencv needs: no package has it",
        "unresolved: libstray.so.1, which x/a.so, x/b.so needs",
    ]
    assert [*unresolved_others(found)] == ["unresolved, but not needed by any import: dot, gs (opencv)"]
    assert [*unresolved_others(found, target(unresolved=(LATER, LAST)))] == []


def test_unresolved_needs_with_a_choice_name_the_packages() -> None:
    """Needs with the same note share a line, which ends with it."""
    note = "cups-client, lprng have it: `pip-sysdeps policy replace lp --with PACKAGE --reason TEXT` chooses one"
    choices = tuple(Unresolved(program=name, when="exec", distribution="cups", note=note) for name in ("lp", "lpq"))
    assert [*unresolved_others(target(unresolved=(LATER, *choices)))] == [
        "unresolved, but not needed by any import: gs (opencv)",
        f"unresolved, but not needed by any import: lp, lpq (cups): {note}",
    ]


def test_distributions_of_system_packages_are_not_in_the_line() -> None:
    """Unless the policy adds the package; those of the old lock are not repeated."""
    cups = locked("pycups", source="dpkg:python3-cups")
    added = locked("apt", need("", "python3-apt", "declared", policy=True), source="dpkg:python3-apt")
    found = target(cups, added, locked("mine", source="local"))
    assert [*packaged_distributions(found)] == [
        (
            "not in the install line, but distributions come from them: python3-cups (pycups); "
            "`pip-sysdeps policy add PACKAGE --distribution NAME --reason TEXT` adds one"
        )
    ]
    assert [*packaged_distributions(found, target(cups))] == []


def test_plugins_that_the_line_leaves_out() -> None:
    """Of packages of the line that recommend them, as far as neither the line nor every image has them."""
    recommended = {"libgl1": ("libgl1-mesa-dri", "libc6"), "libice6": ("ice-plugins",), "libsasl2-2": ("libgl1",)}
    base = need("libc.so.6", "libc6")
    found = target(locked("opencv", GL), locked("ldap", need("libsasl2.so.2", "libsasl2-2"), base))
    assert omitted_plugins(found, recommended) == {"libgl1": ("libgl1-mesa-dri",)}
    assert [*plugins_left_out(found, recommended)] == [
        (
            "not in the install line: libgl1-mesa-dri with plugins or data for libgl1: "
            "`pip-sysdeps policy add libgl1-mesa-dri --distribution opencv --reason TEXT`"
        )
    ]
    assert [*plugins_left_out(found, recommended, target(locked("opencv", GL)))] == []
