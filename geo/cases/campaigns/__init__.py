"""专项整治: an area, event codes, days and teams, begun on an approved risk assessment and measured afterwards."""
