"""片区: the first cut along the streets, balanced cuts of units, and proposals that people edit and adopt."""
