# ruff: noqa: INP001 - a script, no package
"""Keep one comment on a pull request up to date: what the action (action.yml) has to say.

    python3 tools/comment.py FILE NUMBER

FILE has the comment, and its first line is what the comment is found again by. A new one is made only if the text has a
line that begins with "+ " or "- ": where nothing changes, nobody is told. Only a comment of a bot, or of somebody who
may write to the repository, is changed: anybody could have written that line first, and would own what stands there.
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
from typing import Any

PAGE = 100
"""Comments of one answer, the most that there are (docs.github.com/rest/issues/comments)."""
MOST_PAGES = 50
LONGEST = 65_536
"""Characters that GitHub takes."""
MAY_WRITE = ("OWNER", "MEMBER", "COLLABORATOR")
"""Who may write to the repository, by `author_association`."""


def main(path: str, number: str) -> int:
    """Write the comment; return 1 if that cannot be."""
    text = Path(path).read_text(encoding="utf-8")
    comments = f"repos/{os.environ['GITHUB_REPOSITORY']}/issues"
    try:
        known = find(f"{comments}/{number}/comments", text.partition("\n")[0])
        if known:
            ask("PATCH", f"{comments}/comments/{known}", {"body": fitting(text)})
        elif re.search(r"^[-+] ", text, re.MULTILINE):
            ask("POST", f"{comments}/{number}/comments", {"body": fitting(text)})
    except (OSError, ValueError) as error:
        sys.stderr.write(f"error: cannot comment: {error}\n")
        return 1
    return 0


def find(comments: str, first: str) -> int:
    """Return the id of the comment that begins with a line, or 0."""
    for page in range(1, MOST_PAGES + 1):
        found = ask("GET", f"{comments}?per_page={PAGE}&page={page}")
        for comment in found:
            if comment["body"].startswith(first) and is_ours(comment):
                return int(comment["id"])
        if len(found) < PAGE:
            break
    return 0


def is_ours(comment: dict[str, Any]) -> bool:
    """Tell whether a comment is of who may write here: the token's bot, or the person whose token was given."""
    return comment["user"]["type"] == "Bot" or comment["author_association"] in MAY_WRITE


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
