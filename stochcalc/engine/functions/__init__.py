"""A user's function: tried in Python, rewritten, and compiled into a block step.

Read `probe`, `user_function` and `operators`, `assemble` and `bind` (block steps of functions of
numbers), `array_operations` and `array_steps` (of functions of arrays), `refusals`.
"""
