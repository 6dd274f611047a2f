"""The only code that reaches outside: table, queues, topic, secrets, HTTP, clock, settings."""
