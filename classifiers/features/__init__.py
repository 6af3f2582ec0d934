"""Features: numbers computed from a reading, for a whole batch at once. No label is known here."""
