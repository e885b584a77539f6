"""Trips of lorries from sites, read from their positions, and how they went otherwise than permitted."""
