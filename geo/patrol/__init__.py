"""The shift: what is worth visiting, who can go, the plan, its checker, and its reasons."""
