"""What the brake alone says: a module a language, as in the folder above."""
