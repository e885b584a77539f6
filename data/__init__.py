"""Code lists, calendars and the made-up sample county. Read by path; only the generator imports geo."""
