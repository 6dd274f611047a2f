"""The command line `repartee`."""

from cli.commands import app


def main() -> None:
    """Run the command line."""
    app()
