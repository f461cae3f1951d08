"""The compiler: how a Python function becomes machine code, and what is kept of it on disk.

Read `jit` first (leaves and routines), then `words` and `calls` (how arguments travel to machine
code) and `pointers` (what is compiled once), which rests on `machine_code` and `target`.
`leaf_compiler` says which of Numba's passes run, `intrinsics` adds three instructions, and
`numba_objects` names Numba's own objects. The remaining files decide what is compiled at all:
`fingerprint` and `memoise` within a process, `surroundings` and `store` on disk. `interrupts` makes
Ctrl-C wait for all of this.
"""
