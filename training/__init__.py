"""Trains the language layer's models from labelled texts: nothing of it is needed to read."""
