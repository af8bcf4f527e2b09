"""`tools/comment.py`, which keeps the action's comment up to date, among the comments of others."""

from __future__ import annotations

import os
import subprocess
import sys
from typing import TYPE_CHECKING

import pytest

from builders.checkout import PROJECT
from builders.github import TOKEN, Api, Comment

if TYPE_CHECKING:
    from pathlib import Path

FIRST = "<!-- pip-sysdeps sysdeps.lock -->"
TEXT = f"{FIRST}\n+ libpq5\n"


@pytest.fixture
def api() -> Api:
    """Return a pull request that nobody has commented on."""
    server = Api()
    server.comments.clear()
    return server


def comment(api: Api, folder: Path, content: bytes = TEXT.encode()) -> tuple[int, str]:
    """Run the script; return its status and what it said."""
    (folder / "text.md").write_bytes(content)
    answers = {"GITHUB_API_URL": api.url, "GITHUB_REPOSITORY": "acme/app", "GITHUB_TOKEN": TOKEN}
    command = [sys.executable, str(PROJECT / "tools" / "comment.py"), str(folder / "text.md"), "7"]
    done = subprocess.run(command, env={**os.environ, **answers}, capture_output=True, text=True, check=False)
    return done.returncode, done.stderr


@pytest.mark.slow
@pytest.mark.parametrize(
    "strange",
    [
        Comment(FIRST, kind=None),
        Comment("hello", kind=None),
        Comment(None),
        Comment(None, kind="Bot"),
        Comment(f"{FIRST}\nof another bot", kind="Bot", others=True),
        Comment(f"> {FIRST}\nquoted", kind="Bot"),
        Comment(f"{FIRST} and more", kind="Bot"),
        Comment(f"{FIRST}\nof anybody", association="CONTRIBUTOR"),
    ],
    ids=repr,
)
def test_a_comment_that_is_not_ours(api: Api, tmp_path: Path, strange: Comment) -> None:
    """It is left as it is, and ours is made, then changed."""
    body = strange.body
    api.comments.append(strange)
    for text in (TEXT, f"{FIRST}\nnothing\n"):
        assert comment(api, tmp_path, text.encode()) == (0, "")
        assert [each.body for each in api.comments] == [body, text]


@pytest.mark.parametrize("ours", [Comment(FIRST, kind="Bot"), Comment(f"{FIRST}\r\na", association="MEMBER")], ids=repr)
def test_a_comment_that_is_ours(api: Api, tmp_path: Path, ours: Comment) -> None:
    """A comment of a bot, or of a user with write access, is changed."""
    api.comments.append(ours)
    assert comment(api, tmp_path) == (0, "")
    assert [each.body for each in api.comments] == [TEXT]


def test_trouble_is_one_line(api: Api, tmp_path: Path) -> None:
    """Invalid UTF-8, or an unreachable API, is one error line."""
    status, said = comment(api, tmp_path, b"\xff\n")
    assert (status, said.count("\n"), said.startswith("error: cannot comment: ")) == (1, 1, True)
    api.shutdown()
    api.server_close()
    status, said = comment(api, tmp_path)
    assert (status, said.count("\n"), said.startswith("error: cannot comment: ")) == (1, 1, True)
