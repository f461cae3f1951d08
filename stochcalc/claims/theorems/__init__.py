"""The theorems, one file each: the exact number, its measurement, a wrong twin, and a figure.

The numbers up to G30 follow the chapters of `stochcalc verify`: G01 to G08 are about motion and
variation, G09 to G20 about integrals and their readings, G21 to G27 about schemes, and G28 to G30
about sampling by a score. Those from G31 on came later, and each names its chapter.
"""
