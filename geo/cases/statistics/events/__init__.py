"""Events counted beforehand by day, month and year, and followed through the change log."""
