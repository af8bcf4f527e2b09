"""How Sphinx builds the documentation: `python3 dev.py docs`, or `sphinx-build -W docs FOLDER`."""

from __future__ import annotations

from pip_sysdeps import DOCUMENTATION, __version__

project = "pip-sysdeps"
author = "The pip-sysdeps developers"
project_copyright = author
release = version = __version__

extensions = ["myst_parser", "sphinx.ext.autodoc", "sphinxarg.ext"]
exclude_patterns = ["_build"]
nitpicky = True
suppress_warnings = ["myst.domains"]  # of sphinx-argparse, which takes part in no cross-references
nitpick_ignore_regex = [("py:class", r".*")]
"""Types are named in signatures; only what `pip_sysdeps` exports has a page."""
myst_enable_extensions = ["colon_fence"]
myst_heading_anchors = 4
autodoc_member_order = "bysource"
autodoc_typehints = "signature"

html_theme = "furo"
html_title = f"pip-sysdeps {__version__}"
html_baseurl = DOCUMENTATION
html_static_path = ["_static"]
html_css_files = ["site.css"]
html_show_sourcelink = False
