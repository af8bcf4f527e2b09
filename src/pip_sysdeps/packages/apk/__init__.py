"""The package manager apk: Alpine, Wolfi, Chainguard.

Source: apk-package(5), apk-world(5), apk-v2(5) of apk-tools 3; its src/database.c and src/version.c.
"""
