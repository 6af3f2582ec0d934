"""Benchmark: ours against what a user would take instead, in one run, on the same texts, on one core.

Here lives timing only; the texts are our own training comments, cut and joined to 45 words. `make bench`
runs `python -m classifiers.benchmark`.
"""

from __future__ import annotations

import argparse
import importlib
import json
import resource
import sys
import time
from collections.abc import Callable, Sequence
from pathlib import Path
from typing import Any

import numpy as np
from sklearn.feature_extraction.text import TfidfVectorizer
from sklearn.linear_model import LogisticRegression
from sklearn.pipeline import make_pipeline
from threadpoolctl import threadpool_limits

from classifiers import artifact, dataset
from classifiers.incivility import GramLogit
from classifiers.scorer import Article, Scorer, Submission
from classifiers.shouting import Shouting
from classifiers.text.reading import read

WORDS = 45
BATCH = 256


def comments(data: Path, count: int) -> tuple[list[str], list[int]]:
    """`count` comments of 45 words made of our own, with the label of their first."""
    examples = dataset.comments(data)
    words: list[str] = []
    texts, labels = [], []
    for number in range(10**9):
        example = examples[number % len(examples)]
        words += example.text.split()
        if len(words) >= WORDS:
            texts.append(" ".join(words[:WORDS]))
            labels.append(example.label)
            words = words[WORDS:]
            if len(texts) == count:
                break
    return texts, labels


def rate(work: Callable[[Sequence[str]], object], texts: Sequence[str], least: float = 1.0) -> float:
    """Comments a second: the best of three timings of at least `least` seconds each."""
    work(texts[:BATCH])
    best = 0.0
    for _ in range(3):
        done, start = 0, time.perf_counter()
        while time.perf_counter() - start < least:
            at = done % len(texts)
            done += len(texts[at : at + BATCH])
            work(texts[at : at + BATCH])
        best = max(best, done / (time.perf_counter() - start))
    return best


def run(data: Path, count: int = 3000, least: float = 1.0) -> dict[str, Any]:
    """All timings, as JSON values."""
    started = time.perf_counter()
    scorer = Scorer.load()
    load = time.perf_counter() - started
    texts, labels = comments(data, count)
    article = Article("Le Parlement vote le budget après trois jours de débats", " ".join(texts[:6]))
    loud = Shouting.from_arrays(artifact.load("shouting").arrays)
    arrays = artifact.load("incivility").arrays
    gram = GramLogit(arrays["gram_weight"].astype(np.float32), float(arrays["gram_bias"][0]))

    def shout(batch: Sequence[str]) -> None:
        loud.judge(batch, read(batch))

    def shout_and_grams(batch: Sequence[str]) -> None:
        reading = read(batch)
        loud.judge(batch, reading)
        gram.read(reading)

    usual = make_pipeline(
        TfidfVectorizer(analyzer="char_wb", ngram_range=(2, 5)), LogisticRegression(max_iter=100)
    ).fit(texts, labels)
    found: dict[str, float] = {
        "ours: shouting": rate(shout, texts, least),
        "ours: n-grams": rate(lambda batch: gram.read(read(batch)), texts, least),
        "ours: shouting and n-grams": rate(shout_and_grams, texts, least),
        "ours: three labels, with article": rate(
            lambda batch: scorer.score([Submission(t, "fr", article) for t in batch]), texts, least
        ),
        "ours: three labels, language told by us": rate(
            lambda batch: scorer.score([Submission(t, None, article) for t in batch]), texts, least
        ),
        "scikit-learn: char_wb(2-5) TF-IDF and logistic regression": rate(usual.predict_proba, texts, least),
    }
    for name, work in _others():
        found[name] = rate(work, texts[: BATCH * 2], least)
    single = sorted(_timed(scorer, Submission(text, None, article)) for text in texts[:300])
    return {
        "comments_a_second": {k: round(v) for k, v in found.items()},
        "times_scikit_learn": round(
            found["ours: shouting and n-grams"] / found["scikit-learn: char_wb(2-5) TF-IDF and logistic regression"], 1
        ),
        "one_comment_ms": {
            "p50": round(1000 * single[len(single) // 2], 2),
            "p99": round(1000 * single[int(len(single) * 0.99)], 2),
        },
        "load_s": round(load, 2),
        "memory_mb": round(resource.getrusage(resource.RUSAGE_SELF).ru_maxrss / 1024),
        "artefacts_mb": round(sum(p.stat().st_size for p in artifact.SHIPPED.iterdir()) / 1e6, 2),
    }


def _timed(scorer: Scorer, submission: Submission) -> float:
    start = time.perf_counter()
    scorer.score([submission])
    return time.perf_counter() - start


def _others() -> list[tuple[str, Callable[[Sequence[str]], object]]]:
    """The packages that are installed among those that users pick."""
    out: list[tuple[str, Callable[[Sequence[str]], object]]] = []
    try:
        check = importlib.import_module("profanity_check")
        out.append(("alt-profanity-check", lambda batch: check.predict_prob(list(batch))))
    except ImportError:
        pass
    try:
        glin = importlib.import_module("glin_profanity").Filter()
        out.append(("glin-profanity", lambda batch: [glin.check_profanity(t) for t in batch]))
    except ImportError:
        pass
    return out


def main(arguments: list[str] | None = None) -> int:
    """Print the timings as JSON."""
    parser = argparse.ArgumentParser(
        prog="python -m classifiers.benchmark", description="Time the classifiers on one core."
    )
    parser.add_argument("--data", type=Path, default=Path("training_data"))
    parser.add_argument("--quick", action="store_true", help="shorter timings")
    options = parser.parse_args(arguments)
    with threadpool_limits(limits=1):
        result = run(options.data, 800 if options.quick else 3000, 0.2 if options.quick else 1.0)
    sys.stdout.write(json.dumps(result, indent=2, ensure_ascii=False) + "\n")
    return 0


if __name__ == "__main__":
    sys.exit(main())
