"""Chapter 8: measuring how fast schemes, integrals and variations converge.

With X_n the state of a scheme after n steps of size dt = T/n, and X_T the solution along the same
path, the strong error is (E |X_n - X_T|^2)^(1/2); the weak error is |E f(X_n) - E f(X_T)|. A scheme
has strong order p if the first falls like dt^p, and weak order q if the second falls like dt^q for
smooth f. The main lesson is that a slope over coarse steps is not yet the order. So a study
carries, beside the measured errors with their standard errors, the exact errors at these finite
steps where they are known, and the slope through those.

Read `study` for the object that a study returns, `study_tables` for how it is printed and exported,
`study_batches` for how it is made, `fitting` for the slopes through its errors, and `settings` for
what every study is given. Then read `scheme_errors` for strong errors of schemes and
`scheme_biases` for weak ones. They use `grids`, the numbers of steps; `references`, what takes the
place of the solution; `scheme_levels`, which runs several schemes at several step sizes along the
same paths; `running`, numbers of the whole path beside the state; and `exact_check`, which compares
an exact solution with a scheme.

Read also `integral_errors` for sums and variations, with `riemann_errors`. `exact_errors` computes
finite-step errors without sampling on affine scalar equations. For weak errors the test function
must be quadratic as well, which `quadratic_tests` recognizes. `declared_orders` compares the order
of every scheme with the one that it declares. Last, `multilevel` uses the strong order to make
expectations cheap, level by level: `level_choice` says how fine the levels are and how many paths
they have, `level_sampler` runs one level, and `multilevel_estimate` is the result.
"""
