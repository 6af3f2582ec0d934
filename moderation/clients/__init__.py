"""Lines to the outside: the broker that carries nudges, the sites that are told of decisions."""
