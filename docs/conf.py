"""Configuration of the documentation, built with warnings as errors."""

import sys
from importlib.metadata import version as installed_version
from pathlib import Path

sys.path.insert(0, str(Path(__file__).parent))

project = "scotopic"
author = "The scotopic developers"
copyright = "The scotopic developers, BSD-3-Clause"
release = version = installed_version("scotopic")

extensions = ["myst_nb", "sphinx.ext.autodoc", "sphinx.ext.napoleon", "generated_pages"]
exclude_patterns = ["_build", "jupyter_execute", "bounds/README.md"]

myst_enable_extensions = ["dollarmath", "deflist"]
myst_heading_anchors = 3
nb_execution_mode = "off"

napoleon_numpy_docstring = True
napoleon_google_docstring = False
napoleon_use_ivar = True
napoleon_use_rtype = False
autodoc_member_order = "bysource"
autodoc_typehints = "none"

html_theme = "furo"
html_title = "scotopic"
# parameters named in docstrings are no cross-references, even where an attribute has their name
suppress_warnings = ["ref.python"]
