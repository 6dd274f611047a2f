"""What the desk knows and how it decides. Pure: no clock, no network, no AWS, no os."""
