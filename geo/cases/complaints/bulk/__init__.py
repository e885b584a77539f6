"""Complaints of whole files: cleaned column by column, stored by one COPY a lot."""
