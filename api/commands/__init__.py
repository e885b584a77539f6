"""Subcommands of the command line, one file a group; `api/cli.py` puts them together."""
