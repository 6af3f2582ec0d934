"""`python -m moderation.cli` is the `vigie` command."""

from moderation.cli import main

main()
