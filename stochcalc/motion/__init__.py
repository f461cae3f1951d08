"""Chapter 1: Brownian motion on a partition of a time interval.

Every increment is determined by integers: the key of the sample, and the numbers of the path, of
the step and of the component. So nothing has to be stored, and the same path can be looked at in
any order, on any grid. The main theorem is Levy's construction. Given its values at two grid points
W is a Brownian bridge between them: its value in the middle is normal, with the average of the two
as its mean and a quarter of the step as its variance. To refine a path is to halve its steps again
and again by this rule, and it never changes a value that is there already.

Read `partition` for the grids, `brownian` for the function that makes paths, `paths` for the object
that it returns, `path_numbers` for where its numbers come from, `drawn` for how a key determines
them, and `shown_motion` for what they show in a notebook. `derived` joins the increments of
coarsened paths, `pieces` makes large arrays of views a few paths at a time, `marching` makes the
job of a time loop along a motion, and `sampled` reads whatever else has paths at the times of a
grid. Then read `halving` for Levy's construction, `constructions` for the bridge, the polygon and
the series of Karhunen and Loeve, `functionals` for numbers of whole paths and their means, with
`functional_jobs` for how they are computed, `path_sources` for where the paths come from and
`trial_paths` for what is asked of such functions, and `maximum` for the highest point between the
grid times. The folder `processes` has paths that are not Brownian.
"""
