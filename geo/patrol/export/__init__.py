"""Plans as files: GeoJSON for maps, GPX for receivers, iCalendar for each person's phone."""
