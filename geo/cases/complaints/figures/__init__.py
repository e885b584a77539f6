"""Rates of complaints, each with its numerator and denominator."""
