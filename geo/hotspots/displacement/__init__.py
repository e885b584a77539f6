"""打游击战: whether trouble went away, moved next door or to places alike, and how long calm lasted.

Reads the records of :mod:`geo.hotspots.recurrence` (the one other room it knows).
"""
