"""Second factors, passkeys, the city's own sign-in, sessions: django-allauth under our own pages."""
