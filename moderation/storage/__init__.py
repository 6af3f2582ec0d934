"""The only place with SQL: one module a noun holds its record and every query about it."""
