"""Where attention belongs: so far, the first cut of a county into 片区."""
