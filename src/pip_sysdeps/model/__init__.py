"""Define the values that several folders share, in the order of the pipeline.

    environment -> elf -> loader -> packages -> needs -> scan

A *distribution* is a Python package (installed by pip), a *binary package* a system package (installed by apt). Every
path is a `str`, absolute, normalized and "/"-separated. It is a path *inside the root* that was scanned:
`/usr/bin/python3` also in an unpacked image. Bytes that are not UTF-8 are kept by "surrogateescape".
"""
