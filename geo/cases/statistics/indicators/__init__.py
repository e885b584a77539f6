"""Evaluation after GB/T 30428.4: per area, department and post, each rate with its numerator and denominator."""
