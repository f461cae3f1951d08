"""Chapter 8: measuring how fast schemes, integrals and variations converge.

The strong error is the root mean square of X_n - X_T along the same paths; the weak error is the
difference of E f(X_n) and E f(X_T). A scheme has strong order p if the first falls like dt^p. The
main lesson is that a slope over coarse steps is not yet the order. So a study carries, beside the
measured errors with their standard errors, the exact errors at these finite steps where they are
known, and the slope through those.

Read `study` for the record that a study returns, then `scheme_errors` for strong and weak errors of
schemes, and `integral_errors` for sums and variations. `scheme_levels` runs several schemes at
several step sizes along the same paths. `exact_errors` computes finite-step errors
without sampling, `declared_orders` holds every scheme to the orders that it declares, and
`multilevel` uses the strong order to make expectations cheap.
"""
