"""z/x/y to bytes: all geometry work in PostGIS, and a cache that knows which tiles a change touched."""
