"""The system below: files inside a root, writes, processes, os-release, text formats."""
