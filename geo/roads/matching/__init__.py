"""Which streets a track ran along: positions with errors to ways on our own graph, with what could not be seen said."""
