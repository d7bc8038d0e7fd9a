"""The documentation site: ``nox -s docs`` builds it into ``build/docs``, with warnings as errors.

What can be made from the code and the data is made by ``pages.py`` at each build, into ``docs/_generated``.
"""

import sys
from pathlib import Path

from sphinx.application import Sphinx

HERE = Path(__file__).parent
sys.path.insert(0, str(HERE))

import pages  # noqa: E402 - found by the line above

project = "nomad-contract"
author = "the nomad-contract authors"
extensions = ["myst_parser", "sphinx.ext.autodoc", "sphinx.ext.napoleon"]
exclude_patterns = ["_generated"]

html_theme = "furo"
html_title = "nomad-contract"
html_extra_path = [
    "../schemas/report.json",
    "../schemas/client-report.json",
    "../schemas/validate-report.json",
    "../schemas/bundled/nomad-openapi.json",
    "../schemas/bundled/job-file.schema.json",
]  # published as they are, for whoever validates reports or job files, or generates a client

myst_enable_extensions = ["colon_fence"]
myst_heading_anchors = 4

autodoc_member_order = "bysource"
autodoc_typehints_format = "short"
napoleon_google_docstring = True
napoleon_numpy_docstring = False


def setup(app: Sphinx) -> None:
    """Write the generated parts before any page is read."""
    app.connect("builder-inited", lambda _app: pages.write(HERE / "_generated"))
