"""Needs by name: libraries, programs and files that code or metadata states, but no DT_NEEDED."""
