"""Render the policy's decisions as text and as a JSON document of docs/schemas/policy.schema.json."""

from __future__ import annotations

from typing import TYPE_CHECKING

from pip_sysdeps.render.document import as_document

if TYPE_CHECKING:
    from collections.abc import Iterable

    from pip_sysdeps.lock.decision import Decision, ListedDecision
    from pip_sysdeps.lock.plugin_decision import PluginDecision

SCHEMA = 1
_VERBS = {"ignore": "ignores", "replace": "replaces", "add": "adds", "plugins": "uses the plugins"}


def decision_sentence(decision: Decision) -> str:
    """Return a decision as a sentence: `pillow ignores grim, xclip: no desktop`."""
    replacement = f" with {decision.with_}" if decision.with_ else ""
    targets = f" on {', '.join(decision.targets)}" if decision.targets else ""
    names = ", ".join(decision.names) or "none"
    reason = f": {decision.reason}" if decision.reason else ""
    return f"{decision.distribution} {_VERBS[decision.kind]} {names}{replacement}{targets}{reason}"


def plugin_sentence(decision: PluginDecision) -> str:
    """Return a choice of plugins as a sentence: `opencv-python uses the plugins */libqxcb.so: it opens windows`."""
    return f"{decision.distribution} uses the plugins {', '.join(decision.patterns)}: {decision.reason}"


def as_text(found: Iterable[ListedDecision]) -> str:
    """Render one line for each decision, with a remark if it has no effect in the lock."""
    return "".join(f"{decision_sentence(each.decision)}{_effect(each)}\n" for each in found)


def _effect(each: ListedDecision) -> str:
    return " (has no effect in the lock)" if each.effective is False else ""


def as_json(found: Iterable[ListedDecision]) -> str:
    """Render the decisions as a document of schema 1."""
    return as_document({"schema": SCHEMA, "decisions": [_decision(each) for each in found]})


def _decision(each: ListedDecision) -> dict[str, object]:
    decision = each.decision
    return {
        "kind": decision.kind,
        "distribution": decision.distribution,
        "sonames": list(decision.sonames),
        "packages": list(decision.packages),
        "plugins": list(decision.patterns),
        "with": decision.with_,
        "reason": decision.reason,
        "targets": list(decision.targets),
        "effective": each.effective,
    }
