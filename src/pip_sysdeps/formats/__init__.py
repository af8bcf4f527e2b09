"""Parsers: bytes or text to values, one file for each on-disk format. None of them opens a file."""
