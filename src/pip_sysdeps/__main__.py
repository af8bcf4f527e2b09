"""Run the command line as `python -m pip_sysdeps`."""

from __future__ import annotations

import sys

from pip_sysdeps.cli import main

if __name__ == "__main__":
    sys.exit(main())
