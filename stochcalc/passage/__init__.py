"""Chapter 7: first passage, the time at which a path first reaches a barrier.

A scheme knows its path at grid times only and misses crossings between them: that alone costs half
an order. The main theorem is the remedy. Given its ends, a step of the scheme is a Brownian bridge,
which crosses a barrier at distances a and c from its ends, both on one side, with probability
exp(-2 a c/(s^2 h)), where s is the frozen volatility and h the length of the step. With this
probability the weak order is 1 again.

Read `first_passage` for the function, `passage_times` for what it returns, and `steps` for the two
steps, with bridges and on the grid alone. `exact_laws` has the laws of the processes themselves,
and `integral_equation` solves for the one that has no closed form; `chain_law` has the law that a
scheme with n steps has. `barrier` checks a start and a barrier.
"""
