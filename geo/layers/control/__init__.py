"""Local frames (独立坐标系) by control points: solved, kept, and used when a file is read."""
