"""What is true about the city: layers, roads, hotspots, patrols. No HTTP, no HTML, no job queue."""
