"""`pip-sysdeps audit --format html`: one page that says what the JSON says, and that needs nothing else."""

from __future__ import annotations

import base64
import hashlib
import json
import re
from typing import TYPE_CHECKING

from builders.page import Outline

if TYPE_CHECKING:
    from collections.abc import Callable
    from pathlib import Path

    import pytest

    from builders.command import Result


def test_it_says_what_the_json_says(run: Callable[..., Result]) -> None:
    """Every package, distribution and finding, and every size that is known."""
    page, document = Outline(run("audit", "--format", "html").out), json.loads(run("audit", "--json").out)
    rows = [*document["packages"], *document["distributions"]]
    assert all(each["name"] in page.words for each in rows)
    assert all(each["message"] in page.words for each in document["findings"])
    sizes = {each["installed_size"] for each in document["packages"]} | {document["adds"]["size"]}
    sizes |= {each["adds"]["size"] for each in document["packages"] if each["adds"]}
    sizes |= {each["cost"]["size"] for each in document["distributions"] if each["cost"]}
    assert set(map(int, page.values("data", "value"))) == sizes - {0, None}


def test_every_link_leads_into_the_page(run: Callable[..., Result]) -> None:
    """Each link leads to an id that occurs once."""
    page = Outline(run("audit", "--format", "html").out)
    ids = [value for _, attributes in page.elements if (value := attributes.get("id"))]
    assert len(ids) == len(set(ids))
    assert {each.removeprefix("#") for each in page.values("a", "href")} <= set(ids)


def test_only_its_own_script_may_run(run: Callable[..., Result]) -> None:
    """By the hash in its content security policy; nothing may be loaded."""
    page = run("audit", "--format", "html").out
    (script,) = re.findall(r"<script>(.*?)</script>", page, re.DOTALL)
    digest = base64.b64encode(hashlib.sha256(script.encode()).digest()).decode()
    (policy,) = re.findall(r'Content-Security-Policy" content="([^"]*)"', page)
    assert policy.startswith("default-src 'none'; ")
    assert policy.endswith(f"script-src 'sha256-{digest}'")


def test_a_picture_that_nobody_could_read_is_left_out(
    run: Callable[..., Result], monkeypatch: pytest.MonkeyPatch
) -> None:
    """Its place says how many chains it would have."""
    monkeypatch.setattr("pip_sysdeps.render.html._MAX_CHAINS", 1)
    page = run("audit", "--format", "html").out
    assert "<svg" not in page
    assert re.search(r"Not drawn: [0-9]+ chains, more than 1<", page)


def test_targets_stand_side_by_side(run: Callable[..., Result], tmp_path: Path) -> None:
    """If the lock has two targets, both are shown."""
    assert "Targets of the lock" not in run("audit", "--format", "html").out
    run("lock")
    lock = tmp_path / "sysdeps.lock"
    head, target = re.split(r"(?=\[\[target\]\])", lock.read_text(), maxsplit=1)
    lock.write_text(head + target + "\n" + target.replace('"debian-bookworm-amd64"', '"debian-bookworm-amd64-two"', 1))
    page = Outline(run("audit", "--format", "html").out)
    assert "Targets of the lockPackagedebian-bookworm-amd64debian-bookworm-amd64-two" in page.words
    assert "libpq5to installto install" in page.words
