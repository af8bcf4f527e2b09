"""Values that several folders pass on, in the order of the pipeline.

    environment -> elf -> loader -> packages -> needs -> scan

A *distribution* is Python's (what pip installs), a *binary package* is Debian's (what apt installs). Every path here
is a `str`: absolute, normalized, "/"-separated, *inside the root* that was scanned (`/usr/bin/python3` also when the
root is an unpacked image somewhere else); bytes that are not UTF-8 are kept by "surrogateescape".
"""
