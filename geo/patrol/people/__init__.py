"""Who works when and with whom: rosters over weeks, teams of a shift, what one more would buy, and the daily log."""
