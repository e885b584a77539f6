"""临时堆放点: the nearest places that take waste, what room they have, and whether a spot suits another (W05)."""
