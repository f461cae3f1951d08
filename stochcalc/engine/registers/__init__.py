"""Small vectors and matrices in registers, and the algebra that schemes write with them.

Read `vec`, `linear`, `slopes`, `small_systems`, then the others.
"""
