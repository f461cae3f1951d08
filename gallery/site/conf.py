"""What Sphinx is told: one theme, no page that needs the network, every warning an error."""

from importlib.metadata import version as find_version

project = "stochcalc"
author = "the stochcalc developers"
project_copyright = author
release = find_version("stochcalc")
version = release
extensions = [
    "sphinx.ext.autodoc",
    "sphinx.ext.autosummary",
    "numpydoc",
    "sphinx_design",
    "sphinx_copybutton",
    "sphinxcontrib.bibtex",
    "sphinx_gallery.gen_gallery",
    "mathml",
    "cited",
    "all_figures",
    "solutions",
    "sandbox_role",
    "notebooks",
    "access",
    "names",
]
nitpicky = True
exclude_patterns = ["extensions", "README.rst"]

html_theme = "pydata_sphinx_theme"
html_title = "stochcalc"
html_static_path = ["static"]
html_extra_path = ["extra"]  # the pages of the sandbox, as they are
html_css_files = ["site.css"]
html_js_files = [("quiet.js", {"priority": 1})]  # before the scripts of the theme
html_context = {"default_mode": "auto"}
html_show_search_summary = False
html_sidebars = {"references": [], "sandbox/index": []}  # they have no pages below
html_math_renderer = "mathml"
html_show_sourcelink = False
html_theme_options = {
    "header_links_before_dropdown": 6,
    "navbar_end": ["theme-switcher"],
    "navigation_with_keys": False,
    "show_toc_level": 2,
}

bibtex_bibfiles = ["references.bib"]
bibtex_reference_style = "author_year"

autosummary_generate = True
autodoc_typehints = "none"
add_module_names = False
toc_object_entries_show_parents = "hide"
default_role = "literal"
smartquotes = False  # quotation marks in docstrings are often those of Python
numpydoc_show_class_members = False

copybutton_prompt_text = r">>> |\.\.\. "
copybutton_prompt_is_regexp = True

sphinx_gallery_conf = {
    "examples_dirs": ["../lessons"],
    "gallery_dirs": ["learn"],
    "filename_pattern": "plot_",
    "subsection_order": "order.order_chapters",
    "within_subsection_order": "order.order_lessons",
    "image_scrapers": ("figures.scrape",),
    "image_srcset": ["2x"],
    "reset_modules": (),
    "capture_repr": ("_repr_html_", "__repr__"),
    "ignore_repr_types": r"matplotlib\.",
    "abort_on_example_error": True,
    "nested_sections": True,
    "download_all_examples": False,
    "remove_config_comments": True,
    "show_signature": False,
    "show_memory": False,
    "min_reported_time": 10_000,
    "write_computation_times": False,  # its pages load scripts from elsewhere
    "backreferences_dir": "backreferences",
    "doc_module": ("stochcalc",),
    "inspect_global_variables": False,
    "plot_gallery": "True",
    "matplotlib_animations": False,
}
