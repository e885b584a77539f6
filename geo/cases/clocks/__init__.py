"""Clocks of cases: when something is due, read from the step log and the county's working time."""
