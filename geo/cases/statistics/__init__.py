"""统计: every figure a bureau prints, counted one way, drilled to its records one way, exported one way."""
