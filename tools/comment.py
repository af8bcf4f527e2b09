# ruff: noqa: INP001 - a script, no package
"""Keep one comment on a pull request up to date: what the action (action.yml) has to say.

    python3 tools/comment.py FILE NUMBER

FILE has the comment, and its first line is what the comment is found again by. A new one is made only if the text has a
line that begins with "+ " or "- ": where nothing changes, nobody is told. Only a comment of a bot, or of somebody who
may write to the repository, is changed: anybody could have written that line first, and would own what stands there.
A comment that the token may not change, such as one of another bot, is passed over.
From the environment, as a runner sets it: GITHUB_API_URL, GITHUB_REPOSITORY, GITHUB_TOKEN. The standard library alone:
most containers have no `gh`.
"""

from __future__ import annotations

import json
import os
import re
import sys
import urllib.error
import urllib.request
from pathlib import Path
from typing import TYPE_CHECKING, Any

if TYPE_CHECKING:
    from collections.abc import Iterator

PAGE = 100
"""Comments of one answer, the most that there are (docs.github.com/rest/issues/comments)."""
MOST_PAGES = 50
LONGEST = 65_536
"""Characters that GitHub takes."""
MAY_WRITE = ("OWNER", "MEMBER", "COLLABORATOR")
"""Who may write to the repository, by `author_association`."""


def main(path: str, number: str) -> int:
    """Write the comment; return 1 if that cannot be."""
    try:
        text = Path(path).read_text(encoding="utf-8")
        comments = f"repos/{os.environ['GITHUB_REPOSITORY']}/issues"
        known = find(f"{comments}/{number}/comments", text.partition("\n")[0])
        if any(changed(f"{comments}/comments/{each}", fitting(text)) for each in known):
            return 0
        if re.search(r"^[-+] ", text, re.MULTILINE):
            ask("POST", f"{comments}/{number}/comments", {"body": fitting(text)})
    except (OSError, ValueError, KeyError) as error:
        sys.stderr.write(f"error: cannot comment: {str(error)!a}\n")
        return 1
    return 0


def find(comments: str, first: str) -> Iterator[int]:
    """Yield the id of each comment with that first line that may be ours. Raise ValueError for another answer."""
    for page in range(1, MOST_PAGES + 1):
        found = ask("GET", f"{comments}?per_page={PAGE}&page={page}")
        if not isinstance(found, list):
            raise ValueError("the comments are not a list")  # noqa: TRY004 - of the answer, not of an argument
        yield from (comment["id"] for comment in found if is_comment(comment, first))
        if len(found) < PAGE:
            break


def is_comment(comment: Any, first: str) -> bool:  # noqa: ANN401 - JSON
    """Return whether a comment begins with a line, and is of who may write here: a bot, or the person with the token.

    A comment without text has `null` for its body, and one whose author has left GitHub may have it for its user.
    """
    match comment:
        case {"id": int(), "body": str(body)} if body.splitlines()[:1] == [first]:
            user = comment.get("user")
            is_bot = isinstance(user, dict) and user.get("type") == "Bot"
            return is_bot or comment.get("author_association") in MAY_WRITE
    return False


def changed(comment: str, text: str) -> bool:
    """Change a comment; return False for one that the token may not change, or that has gone."""
    try:
        ask("PATCH", comment, {"body": text})
    except urllib.error.HTTPError as error:
        if error.code in {403, 404}:
            return False
        raise
    return True


def fitting(text: str) -> str:
    """Return a comment that GitHub takes: the text, or for a longer one its first line and where it stands whole."""
    if len(text) <= LONGEST:
        return text
    return text.partition("\n")[0] + "\nWhat changes is longer than a comment may be: the job's summary has it.\n"


def ask(method: str, path: str, document: object = None) -> Any:  # noqa: ANN401 - JSON
    """Return the answer of GitHub's API. Raise OSError for any that is no success."""
    request = urllib.request.Request(  # noqa: S310 - the runner's own address
        f"{os.environ['GITHUB_API_URL']}/{path}",
        method=method,
        data=None if document is None else json.dumps(document).encode(),
        headers={
            "Accept": "application/vnd.github+json",
            "Authorization": f"Bearer {os.environ['GITHUB_TOKEN']}",
            "Content-Type": "application/json",
        },
    )
    with urllib.request.urlopen(request, timeout=30) as answer:  # noqa: S310
        return json.load(answer)


if __name__ == "__main__":
    sys.exit(main(*sys.argv[1:]))
