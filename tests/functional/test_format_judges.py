"""What other tools make of our formats: Microsoft's SARIF validator with GitHub's rules, and Mermaid in a browser."""

from __future__ import annotations

import json
import subprocess
from typing import TYPE_CHECKING, Any

import pytest

from builders.browser import browser
from builders.npm import MERMAID, SARIF_MULTITOOL, npm_package

if TYPE_CHECKING:
    from collections.abc import Callable
    from pathlib import Path

    from builders.command import Result

pytestmark = pytest.mark.network

PAGE = """\
<!doctype html><meta charset="utf-8"><script src="{script}"></script><body><script>
mermaid.initialize({{ startOnLoad: false, maxEdges: 10000 }});
</script></body>
"""
DRAW = """
const [text, done] = arguments;
mermaid.render("drawn", text).then(({ svg }) => {
  document.body.innerHTML = svg;
  const words = (query) => [...document.querySelectorAll(query)].map((each) => each.textContent.trim());
  done({ nodes: words(".node"), edges: document.querySelectorAll(".edgePaths path, .edgePath path").length });
}, (error) => done({ error: String(error) }));
"""


def validated(path: Path, folder: Path) -> tuple[int, list[dict[str, Any]]]:
    """Return the status of the validator and what it finds, by the rules of the standard and of GitHub's upload."""
    program = npm_package(SARIF_MULTITOOL) / "@microsoft" / "sarif-multitool-linux" / "Sarif.Multitool"
    program.chmod(0o755)
    report = folder / "report.sarif"
    command = [
        str(program),
        "validate",
        str(path),
        "--rule-kind",
        "Sarif;Ghas",
        "--output",
        str(report),
        "--log",
        "ForceOverwrite",
    ]
    done = subprocess.run(command, cwd=folder, capture_output=True, text=True, check=False, timeout=120)
    (found,) = json.loads(report.read_text(encoding="utf-8-sig"))["runs"]
    return done.returncode, found["results"]


def test_sarif_is_valid_and_may_be_uploaded(run: Callable[..., Result], tmp_path: Path) -> None:
    """By the schema, the rules of the standard and those of GitHub."""
    run("lock")
    path = tmp_path / "audit.sarif"
    path.write_text(run("audit", "--format", "sarif").out, encoding="utf-8")
    status, found = validated(path, tmp_path)
    assert status == 0
    assert found == []


def test_the_validator_refuses_what_github_does(run: Callable[..., Result], tmp_path: Path) -> None:
    """A result without a location is refused, so the judge works."""
    document = json.loads(run("audit", "--format", "sarif").out)
    del document["runs"][0]["results"][0]["locations"]
    path = tmp_path / "audit.sarif"
    path.write_text(json.dumps(document), encoding="utf-8")
    _, found = validated(path, tmp_path)
    assert "GH2012" in {each["ruleId"] for each in found}


@pytest.mark.browser
@pytest.mark.parametrize("options", [[], ["--reverse"]], ids=["forward", "reverse"])
def test_mermaid_is_drawn(run: Callable[..., Result], tmp_path: Path, options: list[str]) -> None:
    """The picture has the nodes and edges of the tree."""
    script = npm_package(MERMAID) / "mermaid" / "dist" / "mermaid.min.js"
    page = tmp_path / "page.html"
    page.write_text(PAGE.format(script=script.as_uri()), encoding="utf-8")
    text, dot = (run("tree", "--format", each, *options).out for each in ("mermaid", "dot"))
    with browser(tmp_path / "profile") as driver:
        driver.get(page.as_uri())
        drawn = driver.execute_async_script(DRAW, text)
    graph = json.loads(
        subprocess.run(["dot", "-Tdot_json"], input=dot, capture_output=True, check=True, text=True).stdout
    )
    assert "error" not in drawn, drawn
    assert sorted(drawn["nodes"]) == sorted(each["label"] for each in graph["objects"])
    assert drawn["edges"] == len(graph["edges"])
