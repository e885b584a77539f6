"""Work that outlives a request: queue, tasks, worker."""
