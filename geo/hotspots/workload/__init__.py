"""Where work arises and where people are: demand against supply by 片区, weekday and hour, and which shifts to move."""
