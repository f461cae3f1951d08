"""Pages that are written when the site is built: the reference from the names of the package, the
claims and the schemes from a run.

`write_all(folder)` writes them; `reference`, `claims` and `schemes` have one page or one kind of
page each, and `rest` the few forms of reST that they share.
"""
