"""Features: numbers computed from a reading, for a whole batch at once. No label and no learned weight is known here."""
