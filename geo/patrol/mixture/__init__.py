"""Unpredictable, with guarantees: several good plans, drawn from daily by a seed that was sealed before."""
