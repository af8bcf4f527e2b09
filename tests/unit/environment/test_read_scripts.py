"""The Python that a script's first lines name."""

from __future__ import annotations

import pytest

from pip_sysdeps.environment.read_scripts import interpreter_of


@pytest.mark.parametrize(
    ("head", "interpreter"),
    [
        (b"#!/opt/venv/bin/python3\nimport sys\n", "/opt/venv/bin/python3"),
        (b"#! /opt/venv/bin/python3.13t -sE\n", "/opt/venv/bin/python3.13t"),
        (b"#!/opt/venv/bin/pypy3\n", "/opt/venv/bin/pypy3"),
        (b"#!/bin/sh\n'''exec' \"/a b/bin/python\" \"$0\" \"$@\"\n' '''\n", "/a b/bin/python"),
        (b"#!/bin/sh\n'''exec' /long/bin/python3 \"$0\" \"$@\"\n' '''\n", "/long/bin/python3"),
        (b"#!/bin/sh\nexec python3\n", ""),
        (b"#!/usr/bin/env python3\n", ""),
        (b"#!python\n", ""),
        (b"#!/opt/venv/bin/python3", ""),
        (b"\x7fELF", ""),
        (b"", ""),
    ],
)
def test_interpreter_of(head: bytes, interpreter: str) -> None:
    """A path to a Python names an environment; `env` and other programs do not."""
    assert interpreter_of(head) == interpreter
