"""Random numbers as pure functions of integers, and the noise that steps take.

A normal has a name of five integers: the path, the index (of the step, mostly), the component, the
purpose and the key. Its value depends on nothing else, so that any part of the noise can be made
anywhere, in any order, to the same bits.

Read `philox` (words from names) and `normal` (normals from words), then `fills` (how the noise of
some steps gets into a buffer) and `sources` (which fills a problem needs). `uniforms` has noise
that is not normal: uniform numbers and jumps. `drivers` says what a step takes beside dW, and
`layout` where that lies in its noise; `driver_fills` makes these drivers, `driver_merge` joins
those of two steps into those of one, and `driver_values` takes them out of the buffer in compiled
code. `normal_arrays` has the same normals as NumPy arrays, and `circles` the spectrum of normal
noise whose covariance lies on a circle.
"""
