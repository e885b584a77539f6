"""Footprint difference: what was approved against what was seen from above.

What comes out is 疑似, a suspicion for a person to look at, never 违建.
"""
