"""`python -m crampwise`."""

from crampwise.edges.cli.main import main

main()
