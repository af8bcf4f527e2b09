"""Values that several folders share, in the order of the pipeline.

    environment -> elf -> loader -> packages -> needs -> scan

A *distribution* is a Python package (installed by pip), a *binary package* a system package (installed by apt). Every
path here is a `str`: absolute, normalized, "/"-separated, *inside the root* that was scanned (`/usr/bin/python3` also
when the root is an unpacked image somewhere else); bytes that are not UTF-8 are kept by "surrogateescape".
"""
