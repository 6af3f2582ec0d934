"""`python -m classifiers.training`: train and write artefacts from the command line."""

from __future__ import annotations

import argparse
import sys
from pathlib import Path

from classifiers import artifact
from classifiers.training.run import Plan, train


def main(arguments: list[str] | None = None) -> int:
    """Parse the plan and follow it."""
    parser = argparse.ArgumentParser(prog="python -m classifiers.training", description="Train the three classifiers.")
    parser.add_argument("--data", type=Path, default=Path("training_data"))
    parser.add_argument(
        "--public", type=Path, help="folder of public sets (gzip CSV); without it only our own data trains"
    )
    parser.add_argument("--out", type=Path, default=artifact.SHIPPED)
    parser.add_argument("--cache", type=Path, help="folder that keeps embeddings between runs")
    parser.add_argument("--seed", type=int, default=7)
    options = parser.parse_args(arguments)
    plan = Plan(options.data, options.out, options.public, options.cache, options.seed)
    for made in train(plan, lambda line: print(line, file=sys.stderr, flush=True)):
        print(made.version)
    return 0


if __name__ == "__main__":
    sys.exit(main())
