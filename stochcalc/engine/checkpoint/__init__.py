"""Checkpoints: a run that is killed goes on where it was, to the same bits.

A block of paths is a pure function of the job and of the block's number, so all that a run has to
remember is which blocks are finished, and their merged records.

Read `saving` for how a run is saved while it goes on. `description` says which job it was, in words
that can be compared, `snapshot` is the file, and `lock` keeps a second writer away from it.
"""
