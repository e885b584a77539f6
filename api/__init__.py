"""Every way in: HTTP, command line, worker. The only place that wires things together."""
