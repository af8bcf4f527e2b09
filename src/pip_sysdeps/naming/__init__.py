"""What distributions name without any ELF file that says so: read from Python sources and from those who know."""
