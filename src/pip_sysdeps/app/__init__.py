"""The use cases: what the command line, the hook and Python code call."""
