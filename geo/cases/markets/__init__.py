"""Where and when trade in the street is allowed 堵疏结合: vendor points, seasonal markets, and how full they are."""
