"""Checks of fronts, what a breach sets off, 履约率, and the lists of a month."""
