"""The day goes otherwise: an urgent case, a closed street, a team that is missing or late; keep what is under way."""
