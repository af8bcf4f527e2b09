"""System packages: databases, ownership of files, indices, target systems."""
