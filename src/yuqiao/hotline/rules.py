"""What a call does next: pure ``step(call, event) -> (call, effects)``."""
