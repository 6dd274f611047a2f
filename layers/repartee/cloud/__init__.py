"""The only code that reaches outside: table, queues, topic, secrets, HTTP, clock, settings."""

import gc

# While a function starts it makes some hundred thousand objects that stay, and Python looks through
# them hundreds of times for garbage that is not there: a seventh of the time that `triage` takes.
gc.set_threshold(200_000)
