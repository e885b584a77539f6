"""The schema's history, run by :mod:`geo.db.schema`; numbered files in one line, one statement per execute."""
