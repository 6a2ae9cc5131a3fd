"""When to look, who is told, and the one place that wires everything."""
