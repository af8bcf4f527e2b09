"""The project's policy: what it changes is marked in the target, what it does not change is reported."""

from __future__ import annotations

from dataclasses import replace

import pytest

from builders.locked import target as locked_target
from pip_sysdeps.errors import SysdepsError
from pip_sysdeps.lock.document import LockedDistribution, LockedNeed, LockedPackage, Lockfile, Target, Unresolved
from pip_sysdeps.lock.policy import PolicyContext, PolicyResult, apply
from pip_sysdeps.lock.project import parse_project
from pip_sysdeps.lock.selection import packages_to_install
from pip_sysdeps.lock.text import dumps, loads

GL = LockedNeed(soname="libGL.so.1", package="libgl1", when="import", by=("cv2/cv2.abi3.so",))
ICE = LockedNeed(soname="libICE.so.6", package="libice6", when="plugin", by=("cv2/qt/plugins/platforms/libqxcb.so",))
ORACLE = Unresolved(soname="libclntsh.so.23.1", when="import", distribution="opencv", by=("cv2/x.so",), note="nobody")
OPENCV = LockedDistribution(name="opencv", version="4.1", needs=(GL,), offered=(ICE,))
TARGET = locked_target(
    release="12",
    installs=("libgl1",),
    distribution=(OPENCV,),
    unresolved=(ORACLE,),
    package=(LockedPackage(name="libgl1", min="1.0"), LockedPackage(name="libice6")),
)


class Index:
    """A release with two libraries."""

    def package_to_install(self, soname: str) -> str | None:
        """Return the package of a soname."""
        return {"libpango-1.0.so.0": "libpango-1.0-0", "libz.so.1": "zlib1g"}.get(soname)


CONTEXT = PolicyContext(
    installed={
        "opencv": replace(OPENCV, needs=(), offered=()),
        "weasyprint": LockedDistribution(name="weasyprint", version="63.1"),
    },
    base={"zlib1g"},
    index=Index(),
)


def applied(policy: str, target: Target = TARGET) -> PolicyResult:
    """Apply a policy in TOML; what comes out is a lock that can be written and read."""
    result = apply(parse_project(f"[tool.pip-sysdeps]\n{policy}"), target, CONTEXT)
    assert loads(dumps(Lockfile(target=(result.target,)))).target == (result.target,)
    return result


def line(target: Target) -> list[str]:
    """Return the packages of the line."""
    return [each.package.name for each in packages_to_install(target)]


def test_without_a_policy_nothing_changes() -> None:
    """The target is what it was."""
    assert applied("") == PolicyResult(target=TARGET, unmatched=())


@pytest.mark.parametrize("key", ["soname = 'libGL.so.1'", "package = 'libgl1'"])
def test_ignore_takes_a_need_out_of_the_line_and_leaves_it_in_the_lock(key: str) -> None:
    """By soname or package; the package goes, with nobody left who needs it."""
    result = applied(f"distribution.opencv.ignore = [{{ {key}, reason = 'no windows here' }}]")
    ignored = replace(GL, package="", class_="ignored", policy=True, note="no windows here")
    assert result == PolicyResult(
        target=replace(
            TARGET,
            installs=(),
            distribution=(replace(OPENCV, needs=(ignored,)),),
            package=(LockedPackage(name="libice6"),),
        ),
        unmatched=(),
    )
    assert line(result.target) == []


def test_ignore_settles_what_is_unresolved() -> None:
    """It stands among the needs then."""
    result = applied("distribution.opencv.ignore = [{ soname = 'libclntsh.so.23.1', reason = 'no Oracle' }]")
    assert result.target.unresolved == ()
    assert result.target.distribution[0].needs[1] == LockedNeed(
        soname="libclntsh.so.23.1", class_="ignored", when="import", by=("cv2/x.so",), policy=True, note="no Oracle"
    )


@pytest.mark.parametrize("program", ["sendmail", "zabbix_js"])
@pytest.mark.parametrize("policy", ["ignore = [{ %s }]", "replace = [{ %s, with = 'postfix' }]"])
def test_an_entry_settles_an_unresolved_program(policy: str, program: str) -> None:
    """Its name need not be that of a package."""
    gone = Unresolved(program=program, when="exec", distribution="opencv", by=("cv2/mail.py",))
    entry = policy % f"package = '{program}', reason = 'ours'"
    result = applied(f"distribution.opencv.{entry}", replace(TARGET, unresolved=(gone,)))
    assert (result.target.unresolved, result.unmatched) == ((), ())
    assert ("postfix" in line(result.target)) is ("postfix" in policy)


def test_replace_names_another_package() -> None:
    """Also for what nothing answered; `min` of a package that stays is kept."""
    result = applied(
        """
        [tool.pip-sysdeps.distribution.opencv]
        replace = [
            { package = "libice6", with = "libice-compat", reason = "ours" },
            { soname = "libclntsh.so.23.1", with = "oracle-instantclient", reason = "Oracle's repository" },
        ]
        """
    )
    assert [
        (each.name, each.package, each.policy, each.note) for each in result.target.distribution[0].all_needs()
    ] == [
        ("libGL.so.1", "libgl1", False, ""),
        ("libclntsh.so.23.1", "oracle-instantclient", True, "Oracle's repository"),
        ("libICE.so.6", "libice-compat", True, "ours"),
    ]
    assert result.target.package == (
        LockedPackage(name="libgl1", min="1.0"),
        LockedPackage(name="libice-compat"),
        LockedPackage(name="oracle-instantclient"),
    )
    assert line(result.target) == ["libgl1", "oracle-instantclient"]


def test_add_a_package_and_a_soname() -> None:
    """A package needs no soname; a soname is looked up; a distribution that needed nothing is in the lock then."""
    result = applied(
        """
        [tool.pip-sysdeps.distribution.weasyprint]
        add = [
            { soname = "libpango-1.0.so.0", reason = "found at run time" },
            { soname = "libz.so.1", reason = "compressed fonts" },
            { package = "fonts-dejavu-core", reason = "text" },
        ]
        """
    )
    declared = {"when": "declared", "policy": True}
    assert result.target.distribution[1] == LockedDistribution(
        name="weasyprint",
        version="63.1",
        needs=(
            LockedNeed(package="fonts-dejavu-core", note="text", **declared),  # type: ignore[arg-type]
            LockedNeed(soname="libpango-1.0.so.0", package="libpango-1.0-0", note="found at run time", **declared),  # type: ignore[arg-type]
            LockedNeed(soname="libz.so.1", package="zlib1g", note="compressed fonts", **declared),  # type: ignore[arg-type]
        ),
    )
    assert LockedPackage(name="zlib1g", base=True) in result.target.package
    assert line(result.target) == ["fonts-dejavu-core", "libgl1", "libpango-1.0-0"]


def test_add_puts_a_need_of_a_plugin_into_the_line() -> None:
    """The plugin's need stays as it is, beside the decision."""
    result = applied("distribution.opencv.add = [{ soname = 'libICE.so.6', reason = 'windows' }]")
    assert line(result.target) == ["libgl1", "libice6"]
    assert [need.when for need in result.target.distribution[0].all_needs() if need.name == "libICE.so.6"] == [
        "declared",
        "plugin",
    ]


def test_when_of_the_project_and_of_a_distribution() -> None:
    """Both stand in the lock, since apt-line reads nothing else; the distribution's own counts before the project's."""
    everywhere = applied("when = ['default', 'plugin']").target
    here = applied("distribution.opencv.when = ['default', 'plugin']").target
    both = applied("when = ['default', 'plugin']\ndistribution.opencv.when = ['import']").target
    assert (everywhere.when, line(everywhere)) == (("default", "plugin"), ["libgl1", "libice6"])
    assert (here.distribution[0].when, line(here)) == (("default", "plugin"), ["libgl1", "libice6"])
    assert line(both) == ["libgl1"]


def test_an_entry_for_another_target_is_ignored() -> None:
    """Names of packages differ between releases."""
    entry = "{ package = 'libgl1', reason = 'x', targets = ['debian-trixie-amd64'] }"
    assert applied(f"distribution.opencv.ignore = [{entry}]") == PolicyResult(target=TARGET, unmatched=())


@pytest.mark.parametrize(
    ("policy", "message"),
    [
        (
            "distribution.opencv.ignore = [{ soname = 'libSM.so.6', reason = 'x' }]",
            "distribution.opencv.ignore[0]: opencv does not need libSM.so.6",
        ),
        (
            "distribution.opencv.replace = [{ package = 'libsm6', with = 'x1', reason = 'x' }]",
            "distribution.opencv.replace[0]: opencv does not need libsm6",
        ),
        (
            "distribution.opencv.add = [{ soname = 'libnone.so.1', reason = 'x' }]",
            "distribution.opencv.add[0]: no binary package of debian-bookworm-amd64 has libnone.so.1",
        ),
        (
            "distribution.opencv.add = [{ package = 'libgl1', reason = 'x' }]",
            "distribution.opencv.add[0]: opencv already needs libgl1 without this entry",
        ),
        ("distribution.numpy.when = ['import']", "distribution.numpy: no such distribution is in the environment"),
        ("distribution.weasyprint.when = ['import']", "distribution.weasyprint.when: weasyprint has no needs"),
    ],
)
def test_an_entry_that_matches_nothing_is_reported(policy: str, message: str) -> None:
    """It changes nothing."""
    assert applied(policy) == PolicyResult(target=TARGET, unmatched=(message,))


@pytest.mark.parametrize("entry", ["ignore = [{ package = 'SDL2',", "replace = [{ soname = 'x', with = 'SDL2',"])
def test_a_name_that_the_package_manager_reads_otherwise(entry: str) -> None:
    """A name that only rpm allows is an error for apt, which names pyproject.toml, not the lock."""
    with pytest.raises(SysdepsError) as caught:
        applied(f"distribution.opencv.{entry} reason = 'x' }}]")
    assert str(caught.value).startswith("pyproject.toml: tool.pip-sysdeps.distribution.opencv.")
    assert "`SDL2` is not a valid binary package name (Debian Policy 5.6.1)" in str(caught.value)
    assert caught.value.hint


def test_a_name_for_another_target_is_not_judged() -> None:
    """What is illegal here may be a package of that target's package manager."""
    entry = "{ package = 'SDL2', reason = 'x', targets = ['fedora-42-x86_64'] }"
    assert applied(f"distribution.opencv.ignore = [{entry}]").target == TARGET
