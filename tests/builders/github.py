"""A composite action, run step by step as GitHub's runner does, with a stand-in for `gh` that keeps the comments."""

from __future__ import annotations

import os
import re
import subprocess
import sys
from dataclasses import dataclass, field
from typing import TYPE_CHECKING, Any

import yaml

from builders.checkout import PROJECT

if TYPE_CHECKING:
    from pathlib import Path

GH = f"""#!{sys.executable}
import json, os, sys
store = os.path.join(os.environ["RUNNER_TEMP"], "comments.json")
comments = json.load(open(store)) if os.path.exists(store) else {{}}
path, options = sys.argv[-1], sys.argv[1:-1]
if os.environ["GH_TOKEN"] != "may-write":
    sys.exit("gh: Resource not accessible by integration (HTTP 403)")
if "--jq" in options:
    assert path == "repos/acme/app/issues/7/comments", path
    assert options[options.index("--jq") + 1] == ".[] | select(.body | startswith(env.FIRST)) | .id", options
    print("\\n".join(key for key, text in comments.items() if text.startswith(os.environ["FIRST"])))
    sys.exit()
method, body = options[options.index("--method") + 1], options[options.index("-F") + 1]
new = {{"POST": ("repos/acme/app/issues/7/comments", str(len(comments) + 1)),
       "PATCH": ("repos/acme/app/issues/comments/" + os.path.basename(path), os.path.basename(path))}}[method]
assert path == new[0], path
comments[new[1]] = open(body.removeprefix("body=@")).read()
json.dump(comments, open(store, "w"))
"""
EXPRESSION = re.compile(r"\$\{\{ ([a-z._-]+) \}\}")


@dataclass(kw_only=True)
class Runner:
    """A machine that runs the project's action for one checkout."""

    folder: Path
    """RUNNER_TEMP and the runner's own files."""
    checkout: Path
    """GITHUB_WORKSPACE."""
    values: dict[str, str] = field(default_factory=dict)
    """What expressions stand for."""

    def run(self, *, event: str = "pull_request", token: str = "may-write", **inputs: str) -> tuple[bool, str]:  # noqa: S107 - no secret
        """Run the action; return whether it succeeded, and all output of its steps."""
        action = yaml.safe_load((PROJECT / "action.yml").read_text())
        given = {name: each["default"] for name, each in action["inputs"].items()} | inputs | {"token": token}
        self.values = {f"inputs.{name}": value for name, value in given.items()}
        self.values |= {"github.event_name": event, "github.event.pull_request.number": "7"}
        self._write_gh()
        said = ""
        for step in action["runs"]["steps"]:
            if self._holds(step.get("if", "1 == 1")):
                done = self._run_step(step, event)
                said += done.stdout + done.stderr
                if done.returncode:
                    return False, said
        return True, said

    @property
    def comments(self) -> list[str]:
        """The comments on the pull request."""
        store = self.folder / "comments.json"
        return list(yaml.safe_load(store.read_text()).values()) if store.exists() else []

    @property
    def summary(self) -> str:
        """The summary of the last run."""
        return (self.folder / "summary").read_text()

    def _run_step(self, step: dict[str, Any], event: str) -> subprocess.CompletedProcess[str]:
        assert step["shell"] == "bash"
        script, output = self.folder / "script.sh", self.folder / "output"
        script.write_text(step["run"])
        output.write_text("")
        environ = {
            **{name: value for name, value in os.environ.items() if not name.startswith("GITHUB_")},
            "PATH": f"{self.folder}/bin:{os.environ['PATH']}",
            "RUNNER_TEMP": str(self.folder),
            "GITHUB_ACTION_PATH": str(PROJECT),
            "GITHUB_OUTPUT": str(output),
            "GITHUB_STEP_SUMMARY": str(self.folder / "summary"),
            "GITHUB_REPOSITORY": "acme/app",
            "GITHUB_BASE_REF": "main" if event == "pull_request" else "",
            "CI": "true",
            **{name: self._filled(value) for name, value in step.get("env", {}).items()},
        }
        folder = self.checkout / self._filled(step.get("working-directory", "."))
        command = ["bash", "--noprofile", "--norc", "-e", "-o", "pipefail", str(script)]
        done = subprocess.run(command, cwd=folder, env=environ, capture_output=True, text=True, check=False)
        for line in output.read_text().splitlines():
            name, _, value = line.partition("=")
            self.values[f"steps.{step['id']}.outputs.{name}"] = value
        return done

    def _filled(self, text: str) -> str:
        return EXPRESSION.sub(lambda match: self.values[match[1]], text)

    def _holds(self, condition: str) -> bool:
        """Judge `a == 'b' && c == 'd'`, which is all that the action says."""
        pairs = (part.split(" == ") for part in condition.split(" && "))
        return all(self.values.get(name, name) == value.strip("'") for name, value in pairs)

    def _write_gh(self) -> None:
        program = self.folder / "bin" / "gh"
        program.parent.mkdir(exist_ok=True)
        program.write_text(GH)
        program.chmod(0o755)
        (self.folder / "summary").write_text("")
