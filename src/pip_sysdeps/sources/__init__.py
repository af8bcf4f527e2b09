"""Static analysis of Python sources: names, calls, branches, imports, and the values of expressions."""
