"""Chapter 9: densities whose score is known exactly, at every smoothing.

The score of a density p is s = grad log p. Adding noise sigma z to a sample smooths p to p_sigma,
and the main theorem says what its score is (Tweedie's formula):

    grad log p_sigma(x) = (E[x_0 | x] - x) / sigma^2

where E[x_0 | x] is the mean of the clean point given the noisy one. So a score is a denoiser. The
densities here have it in closed form, which is what samplers and learned scores are compared with.

Read `mixture` (Gaussian mixtures), then `empirical` (the data themselves, smoothed) and `circle` (a
curve, whose score grows without bound as sigma -> 0); `arguments` checks what they are given,
`mixture_terms` has the formulas of a mixture, and `pieces` takes many points some at a time.
`mixture_lanes` is the score of a mixture written for the time loop: at one state in
`mixture_at_a_state`, for a block of 256 states in `mixture_field`, and in `mixture_shared_field`
for components of one covariance.
"""
