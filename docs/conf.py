"""How Sphinx builds the site: `python3 dev.py docs`, or `sphinx-build -W -n docs FOLDER`."""

import importlib.metadata
import sys
from pathlib import Path

DOCS = Path(__file__).resolve().parent
sys.path.insert(0, str(DOCS.parent))  # for the extensions below, which the tests import by the same names

from pygments.lexers.special import TextLexer  # noqa: E402
from sphinx.highlighting import lexers  # noqa: E402

import diamondsim  # noqa: E402

project = "diamondsim"
author = "diamondsim contributors"
project_copyright = author
release = version = diamondsim.__version__

extensions = [
    "myst_parser",
    "numpydoc",
    "sphinx.ext.autodoc",
    "sphinx.ext.autosummary",
    "sphinx.ext.mathjax",
    "sphinx_copybutton",
    "sphinx_design",
    "docs.extensions.public_names",
    "docs.extensions.scenario_keys",
    "docs.extensions.site_text",
]
exclude_patterns = ["_build", "extensions"]
nitpicky = True
needs_sphinx = "8.1"

# Pages are Markdown that a git host shows too; anchors of headings are those that it makes.
myst_enable_extensions = ["dollarmath"]
myst_fence_as_directive = ["math"]  # ```math, which a git host sets as a formula too
myst_heading_anchors = 4

math_numfig = False

lexers["csv"] = TextLexer()  # tables that a test writes to files; pygments knows no such language

highlight_language = "text"  # of blocks that name none: commands and their output

# One file that needs no font and no network. The package's own extension would copy all of MathJax, 24 MB.
_mathjax = importlib.metadata.distribution("sphinx-mathjax-offline")
mathjax_path = "tex-svg.js"
html_static_path = [
    "site.css",
    str(_mathjax.locate_file(f"sphinx-mathjax-offline/static/mathjax/{mathjax_path}")),
]

# Docstrings state types in words; those of signatures would be repeated.
autodoc_typehints = "none"
autodoc_member_order = "bysource"
autosummary_generate = False
numpydoc_show_class_members = False
default_role = "public"  # of docs.extensions.public_names: a public name in a docstring is a link
add_module_names = False
toc_object_entries_show_parents = "hide"

html_theme = "pydata_sphinx_theme"
html_title = f"diamondsim {release}"
html_context = {"default_mode": "auto"}  # light or dark as the reader's system is
html_css_files = ["site.css"]
html_show_sourcelink = False
html_copy_source = False
html_theme_options = {
    "header_links_before_dropdown": 7,
    "navbar_persistent": [],
    "navbar_end": ["search-button", "theme-switcher"],
    "secondary_sidebar_items": ["page-toc"],
    "show_toc_level": 2,
    "navigation_with_keys": False,
    "footer_start": ["copyright"],
    "footer_end": [],
    "logo": {"text": "diamondsim"},
    "pygments_light_style": "a11y-high-contrast-light",
    "pygments_dark_style": "a11y-high-contrast-dark",
}

copybutton_exclude = ".linenos, .gp, .go"  # neither prompts nor output
