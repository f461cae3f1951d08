"""Chapter 7: first passage, the time at which a path first reaches a barrier.

A scheme knows its path at grid times only and misses crossings between them: that alone lowers the
weak order from 1 to 1/2. The main theorem is the remedy. Given its ends, a step of the scheme is a
Brownian bridge. If the ends lie on one side of a barrier, at the distances a and c from it, the
bridge crosses the barrier with probability exp(-2 a c/(s^2 h)), where s is the volatility frozen at
the start of the step and h its length. With this probability the weak order is 1 again.

The same holds for a barrier that moves along a straight line during the step, for one component of
a system, and, with a series in the place of the exponential, for two barriers around the start.

Read `first_passage` for the function, `passage_times` for what it returns, `steps` and `crossings`
for what happens in a step, and `bridges` for two barriers. `spread` has the volatility of a
component, `barrier` checks a start and its barriers, and `runs` makes what the time loop runs.
`exact_laws` has the laws of the processes themselves, and `integral_equation` solves for the one
that has no closed form; `chain_law` has the law that a scheme with n steps has.
"""
