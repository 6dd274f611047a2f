"""How well and how fast texts are read, beside others and beside what we aim at, in one run."""
