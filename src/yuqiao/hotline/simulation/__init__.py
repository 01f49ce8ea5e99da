"""A year of calls in minutes: simulated people and phones, the production's own rules and routing. Pure.

What is simulated is the world: callers, interpreters, their phones, the engine, the clock and the rows. What decides is
`hotline.rules.step` and `hotline.routing`, as on every real call. The same seed gives the same year.
"""
