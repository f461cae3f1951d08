"""The machine room: random numbers, elementary functions, registers, compiler, and the loops.

No file outside this folder imports Numba. Everything is built on one idea: every normal is a pure
function of integers, so a block of paths can be computed anywhere, in any order, to the same bits.
Read `random` for these normals, then `functions` for how a user's function becomes a block step,
then `loop` for what runs it, and `checkpoint` for how a run that was killed goes on. Read the other
folders when one of these refers to them: `elementary` has exp, sin and the like, `registers` the
vectors of a step, and `compiler` what is compiled and kept on disk.

The files beside the folders serve the whole package. `statistics` has the records, with `quantiles`
for the confidence intervals of their means and `shown_digits` for how those are printed. `checks`
has the errors for bad arguments, with `arrays` for arrays that a user gives, `given_values` for
several numbers, sizes and functions, `time_range` for times, `habits` for names that users know
from elsewhere, and `words` for how a value is written in a message. `memory` counts what a call may
take, and what it would take. `portable` and `places` let functions without a name go to a file or
to another process, and `files` writes a file whole or not at all.

In this folder these words mean:

lane
    One of 256 paths that move together. Arrays are (rows, 256), lanes innermost, so that the loop
    over lanes compiles to packed instructions, each of which works on 4 or 8 lanes at once.
block
    The 256 paths of one number b: paths 256 b to 256 b + 255. What a problem gives for a block is a
    pure function of (problem, b).
task
    A range of blocks that one worker computes at a time, about 20 to 100 ms of work.
leaf
    A compiled scalar function that is always inlined into the loop over lanes, so that the loop
    stays packed.
routine
    A compiled function that holds a loop over lanes; the compiler decides whether to inline it.
pointer
    The address of compiled code, with the signature it is called by. Code behind a pointer is
    compiled once and kept on disk, and its caller is compiled without it.
block step
    The machine code of a problem: one time step of 256 paths, behind a pointer. The user's
    functions are inlined into it, and it is all that is compiled for a new equation.
kernel
    A compiled loop of the package, such as the time loop. It takes sizes, parameters and pointers
    when it runs and carries no user code, so it is compiled once and kept on disk.
callback
    A user's function that a kernel would call while it runs. Here it is compiled into a block step
    or an observer, and the kernel calls that through its pointer, never Python.
driver
    What drives a step: the increment dW, and beside it I10 = int (W_s - W_t) ds over the step, Levy
    areas, or further normals, as the scheme needs.
layout
    The order of the drivers in the rows of noise that one step reads.
fill
    A function that writes the noise of a few steps of one block into a buffer, from integers or
    from a stored array. Like kernels, fills are compiled once and kept on disk.
source
    Where the noise of a problem comes from: it says which fills are needed for a range of paths.
observer
    A function from the state to the numbers that are kept of it, behind a pointer.
watch
    What looks at every step of a path and may stop it. A block step with a watch inside it is a
    block step like any other, so that the loop over time does not know of it.
mark
    A number that a watch keeps of a path beside its state, such as the time of the stop.
comparison
    A function from the states of a scheme and of its reference, which stands for the solution, to
    the error of each lane, behind a pointer.
fault
    What Python would raise an error for inside a user's function, such as an index beyond a table.
    Compiled code notes it and returns nan.
trial
    A call of a user's function at one place, in which what the compiled function returns is
    compared with what Python returns.
sink
    What keeps the numbers that an observer returns, as rows of all paths or as a record. Sinks,
    too, are compiled once and kept on disk.
word
    One of the 64-bit numbers in which parameters travel to compiled code: lambda, a float, or the
    address of an array.
job
    What the runner runs: a problem that computes any range of blocks.
march
    The job of a time loop: a step, its noise, and what is observed of the state.
key
    The 64-bit integer from which all normals of a sample follow.
purpose
    The number that says what a normal is for. It is a part of the counter, which is the input of
    the generator, so that no two uses share a normal.
interpretation
    The number lambda with which an equation is read. A scheme's field for it is `calculus`, the
    parameter is `lam`, and a step that takes it has `reading` set; of a sum it is the evaluation
    point.
record
    The statistics of some quantities over many paths: the count, the mean, the sums of the second
    to fourth powers of the deviations from it, the smallest and the largest. Two records merge.
recipe
    The function that made another function, with the arguments of that call. Pickle and other
    processes accept it in the place of a function that has no name.
tree
    The fixed binary tree, indexed by block numbers, in which records are merged, so that neither
    threads nor restarts change a bit. The tree of bridge nodes inside a step is another one.
"""
