"""Trees as graphs for Graphviz and Mermaid."""

from __future__ import annotations

from pip_sysdeps.render.graph import as_dot, as_mermaid
from pip_sysdeps.report.trees import Label, merge_branches

ONE, TWO = Label(kind="distribution", name="one"), Label(kind="distribution", name="two")
FILE = Label(kind="file", name="m.so")
SONAME, PACKAGE = Label(kind="soname", name="libpq.so.5", detail="import"), Label(kind="package", name="libpq5")
MISSING = Label(kind="missing", name='no "\\" [here]')
TREES = merge_branches([(ONE, FILE, SONAME, PACKAGE), (TWO, FILE, SONAME, PACKAGE), (TWO, FILE, MISSING)])


def test_a_directed_graph() -> None:
    """Each thing has one node, and each edge is written once; files of one name in two distributions have two nodes."""
    assert as_dot(TREES) == (
        "digraph {\n"
        "  rankdir=LR;\n"
        '  n0 [label="one", shape=box];\n'
        '  n1 [label="m.so", shape=note];\n'
        '  n2 [label="libpq.so.5", shape=ellipse];\n'
        '  n3 [label="libpq5", shape=box3d];\n'
        '  n4 [label="two", shape=box];\n'
        '  n5 [label="m.so", shape=note];\n'
        '  n6 [label="no \\"\\\\\\" [here]", shape=octagon];\n'
        "  n0 -> n1;\n"
        "  n1 -> n2;\n"
        "  n2 -> n3;\n"
        "  n4 -> n5;\n"
        "  n5 -> n2;\n"
        "  n5 -> n6;\n"
        "}\n"
    )


def test_a_flowchart() -> None:
    """Syntax and markup in a label are entities, and what cannot be printed is escaped."""
    odd = merge_branches([(Label(kind="package", name="a<b>\x1b#c"), Label(kind="other", name="host"))])
    assert as_mermaid(odd) == ('flowchart LR\n  n0[["a#60;b#62;#92;x1b#35;c"]]\n  n1("host")\n  n0 --> n1\n')
    assert as_mermaid(TREES).splitlines()[1:3] == ['  n0["one"]', '  n1[/"m.so"/]']
    assert '  n6{{"no #34;#92;#34; #91;here#93;"}}' in as_mermaid(TREES).splitlines()
