"""Thin Celery tasks: when and how often. No rules live here."""
