"""Registries for administrators: Django's admin in the dress of django-unfold, writing through our services alone."""
