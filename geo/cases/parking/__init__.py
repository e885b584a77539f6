"""停放: bays against what was counted there, shared-bike zones, and tickets by 台次; nothing of fees."""
