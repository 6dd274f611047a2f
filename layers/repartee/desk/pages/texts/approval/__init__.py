"""What the approval page alone says, a module for each language; the rest is beside it."""
