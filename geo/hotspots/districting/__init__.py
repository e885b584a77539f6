"""片区: the first cut along the streets, balanced cuts of unit grids or blocks, and proposals that people edit and adopt."""
