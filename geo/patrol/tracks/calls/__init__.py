"""呼叫最近的持证组: which pair with two licences can be somewhere soonest, and what its plan loses."""
