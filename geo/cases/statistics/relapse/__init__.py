"""回潮: how many closings were followed by the same again nearby, and where most, from the study in force."""
