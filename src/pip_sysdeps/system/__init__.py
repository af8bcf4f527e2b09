"""Access the system: files inside a root, writes, processes, os-release, text formats."""
