"""Codes of what happens, how long it may take, and who answers for it where."""
