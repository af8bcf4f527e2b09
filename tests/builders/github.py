"""A composite action, run step by step as GitHub's runner does, with a server that keeps the comments."""

from __future__ import annotations

import json
import os
import re
import subprocess
import threading
from dataclasses import dataclass, field
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from typing import TYPE_CHECKING, Any
from urllib.parse import parse_qs, urlsplit

import yaml

from builders.checkout import PROJECT

if TYPE_CHECKING:
    from pathlib import Path

TOKEN = "may-write"  # noqa: S105 - no secret
LIST = "/repos/acme/app/issues/7/comments"
EXPRESSION = re.compile(r"\$\{\{ ([a-z._-]+) \}\}")


@dataclass
class Comment:
    """A comment and who wrote it, as far as the action looks at it."""

    body: str | None
    """None as GitHub has it for a comment without text."""
    kind: str | None = "User"
    """None for one whose author has left GitHub."""
    association: str = "NONE"
    others: bool = False
    """The token may not change it."""

    def document(self, number: int) -> dict[str, object]:
        """Return what the API says of it."""
        user = None if self.kind is None else {"type": self.kind}
        author = {"user": user, "author_association": self.association}
        return {"id": number, "body": self.body, **author}


class Api(ThreadingHTTPServer):
    """The part of GitHub's REST API that has the comments of an issue, on an address of its own.

    Source: docs.github.com/rest/issues/comments.
    """

    def __init__(self) -> None:
        super().__init__(("127.0.0.1", 0), _Handler)
        self.comments = [Comment(f"comment {number} of somebody else") for number in range(120)]
        threading.Thread(target=self.serve_forever, daemon=True).start()

    @property
    def url(self) -> str:
        """GITHUB_API_URL."""
        return f"http://127.0.0.1:{self.server_port}"


class _Handler(BaseHTTPRequestHandler):
    server: Api

    def do_GET(self) -> None:
        address = urlsplit(self.path)
        query = parse_qs(address.query)
        size, page = int(query["per_page"][0]), int(query["page"][0])
        known = [comment.document(number) for number, comment in enumerate(self.server.comments, 1)]
        self._answer(address.path == LIST, 200, known[size * (page - 1) :][:size])

    def do_POST(self) -> None:
        self.server.comments.append(Comment(self._body(), kind="Bot"))
        self._answer(self.path == LIST, 201, {})

    def do_PATCH(self) -> None:
        folder, _, number = self.path.rpartition("/")
        comment = self.server.comments[int(number) - 1]
        body = self._body()
        if not comment.others:
            comment.body = body
        self._answer(folder == "/repos/acme/app/issues/comments", 403 if comment.others else 200, {})

    def log_message(self, *_: object) -> None:
        """Print nothing."""

    def _body(self) -> str:
        text: str = json.loads(self.rfile.read(int(self.headers["Content-Length"])))["body"]
        return text

    def _answer(self, known: bool, status: int, document: object) -> None:
        allowed = self.headers["Authorization"] == f"Bearer {TOKEN}"
        self.send_response(status if known and allowed else 404 if allowed else 403)
        self.end_headers()
        self.wfile.write(json.dumps(document).encode())


@dataclass(kw_only=True)
class Runner:
    """A machine that runs the project's action for one checkout."""

    folder: Path
    """RUNNER_TEMP and the runner's own files."""
    checkout: Path
    """GITHUB_WORKSPACE."""
    api: Api = field(default_factory=Api)
    """Where the comments are."""
    values: dict[str, str] = field(default_factory=dict)
    """What expressions stand for."""

    def run(self, *, event: str = "pull_request", token: str = TOKEN, **inputs: str) -> tuple[bool, str]:
        """Run the action; return whether it succeeded, and all output of its steps.

        Its first step, the installation, only where the folder does not have it from another run: it takes long.
        """
        action = yaml.safe_load((PROJECT / "action.yml").read_text())
        given = {name: each["default"] for name, each in action["inputs"].items()} | inputs | {"token": token}
        self.values = {f"inputs.{name}": value for name, value in given.items()}
        self.values |= {"github.event_name": event, "github.event.pull_request.number": "7"}
        (self.folder / "summary").write_text("")
        said = ""
        install, *steps = action["runs"]["steps"]
        for step in [*([] if (self.folder / "pip-sysdeps").exists() else [install]), *steps]:
            if self._holds(step.get("if", "1 == 1")):
                done = self._run_step(step, event)
                said += done.stdout + done.stderr
                if done.returncode:
                    return False, said
        return True, said

    @property
    def comments(self) -> list[str]:
        """The action's comments on the pull request."""
        return [each.body or "" for each in self.api.comments if each.kind == "Bot"]

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
            **{name: value for name, value in os.environ.items() if not name.startswith(("GITHUB_", "GIT_"))},
            "HOME": str(self.folder),
            "RUNNER_TEMP": str(self.folder),
            "GITHUB_ACTION_PATH": str(PROJECT),
            "GITHUB_OUTPUT": str(output),
            "GITHUB_STEP_SUMMARY": str(self.folder / "summary"),
            "GITHUB_REPOSITORY": "acme/app",
            "GITHUB_API_URL": self.api.url,
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
