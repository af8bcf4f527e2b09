"""The problems of an image as text."""

from __future__ import annotations

from dataclasses import replace

from pip_sysdeps.render.problems import as_text
from pip_sysdeps.report.catalogue import FOREIGN_FILE, MISSING_IN_IMAGE
from pip_sysdeps.report.problems import Problem

PQ = Problem(
    error=True,
    entry=MISSING_IN_IMAGE,
    distribution="one",
    subject="libpq.so.5",
    message="libpq.so.5 is missing\x1b",
    files=("a.so", "b.so", "c.so"),
)


def test_problems_and_their_repair() -> None:
    """Three files are shown; what cannot be printed is escaped; instructions come before the command."""
    own = replace(
        PQ, error=False, entry=FOREIGN_FILE, distribution="", subject="x.so", message="foreign", files=("x.so",)
    )
    problems = (PQ, replace(PQ, files=(*PQ.files, "d.so", "e.so")), own)
    assert as_text(problems, ["RUN ldconfig"], "apt-get install libpq5") == (
        "error: one: libpq.so.5 is missing\\x1b [missing]\n"
        "    a.so\n"
        "    b.so\n"
        "    c.so\n"
        "error: one: libpq.so.5 is missing\\x1b [missing]\n"
        "    a.so\n"
        "    b.so\n"
        "    c.so\n"
        "    and 2 more\n"
        "warning: foreign [foreign-file]\n"
        "\n"
        "RUN ldconfig\n"
        "\n"
        "apt-get install libpq5\n"
    )
    assert as_text((), (), "") == ""
