"""Streets as a network: graph, travel matrices, and which 片区 owns each street."""
