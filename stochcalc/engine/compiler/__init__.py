"""What is compiled how, and what is kept on disk.

Read `jit` (leaves, routines), `words` (how arguments travel), `pointers` (what is compiled once),
then `machine_code`, `target`, `fingerprint`, `surroundings` and `store`.
"""
