"""Plain values and pure rules. Time, chance and text come in as arguments; nothing here does I/O."""
