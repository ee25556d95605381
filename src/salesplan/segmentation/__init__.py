"""Who buys, how often and for how much: customers in groups and in numbers."""
