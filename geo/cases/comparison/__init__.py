"""How many events some ground had in some hours, against as many hours before, at the county's pace."""
