"""Reading a text: its language, what it feels and wants, and the words it is about."""
