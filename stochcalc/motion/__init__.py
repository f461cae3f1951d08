"""Chapter 1: Brownian motion on a partition of a time interval.

A path is a pure function of (key, path, step): nothing has to be stored, and the same path can be
looked at in any order, on any grid. The main theorem is that such a path exists: between two grid
points W is a Brownian bridge, whose middle is normal with mean the average of the ends and variance
a quarter of the step. Refining a path halves its steps again and again by this rule (Levy's
construction), and never changes a value that is there already.

Read `partition` for the grids, `brownian` for the function that makes paths, `paths` for the record
that it returns, and `drawn` for how a key determines them: there dW_k = sqrt(dt_k) z_k is drawn and
summed. `derived` joins the increments of coarsened paths, and `marching` is the time loop along a
motion. Then read `halving` for Levy's construction, `constructions` for the bridge, the polygon and
the series of Karhunen and Loeve, `functionals` for numbers of whole paths and their means, with
`trial_paths` for what is asked of such functions, and `maximum` for the highest point between the
grid times.
"""
