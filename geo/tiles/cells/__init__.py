"""Rows of large point layers counted beforehand in the cells of every tile, and followed through the change log."""
