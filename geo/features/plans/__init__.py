"""Planned shifts as feeds: for people and systems allowed to see them, never for the public."""
