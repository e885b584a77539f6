"""Reading foreign files, in a child process that may be killed. See :mod:`geo.layers.readers.parent`."""
