"""Imports as the database remembers them: how far each came, and which rows it refused."""
