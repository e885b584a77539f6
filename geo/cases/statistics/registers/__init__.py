"""Figures counted from the registers themselves."""
