"""Where it is dark and why: lamps too far apart, lamps out, whole circuits out; and who walks there at night."""
