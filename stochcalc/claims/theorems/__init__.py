"""The theorems, one file each: the exact number, its measurement, a wrong twin, and a figure.

The numbers follow the chapters of `stochcalc verify`, but for G31: G01 to G08 are about motion and
variation, G09 to G20 about integrals and their readings, G21 to G27 and G31 about schemes, and G28
to G30 about sampling by a score.
"""
