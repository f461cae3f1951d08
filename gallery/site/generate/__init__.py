"""Pages that are written when the site is built: the reference from the names of the package, the
claims and the schemes from a run.

`build.py` calls one function of each file, `write_...(pages)`. `reference`, `modules` and
`command_line` describe the package, `sandbox` writes the pages that react to sliders, `recipes`
takes over the contributors' guide, `claims`, `schemes` and `front` measure what they show. `rest`
has the few forms of reST that they share, and `when` says when and where they measured.
"""
