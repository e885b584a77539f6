"""偏差: kept as they are found, judged by people, sent to the city's platform once confirmed."""
