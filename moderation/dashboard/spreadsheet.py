"""Decisions as rows for a spreadsheet, in which no cell is taken for a formula.

A cell that begins as a formula does is kept from being one by an apostrophe, and every cell is quoted.
"""

import csv
import io
import re
from collections.abc import Iterable, Iterator, Sequence
from datetime import UTC, datetime

from flask_babel import gettext

from moderation.dashboard.language import LABEL_NAMES, VERDICT_NAMES, in_words
from moderation.domain.words import Label
from moderation.storage.history import Entry
from moderation.storage.scorings import ScoringRecord

BYTE_ORDER_MARK = "\ufeff"  # without it spreadsheets read accents as something else
_DANGEROUS = ("=", "+", "-", "@", "＝", "＋", "－", "＠", "|", "%")
_NUMBER = re.compile(r"-[0-9]{1,15}(?:[.,][0-9]{1,15})?")  # a negative one calculates nothing
_BLANKS = " \u00a0\u3000\ufeff"


def safe(cell: str) -> str:
    """Return the cell so that no spreadsheet calculates it."""
    if _NUMBER.fullmatch(cell):
        return cell
    begins = cell.lstrip(_BLANKS)
    if begins.startswith(_DANGEROUS) or begins[:1] in {"\t", "\r", "\n", "\0"}:
        return f"'{cell}"
    return cell


def lines(rows: Iterable[Sequence[str]], separator: str = ",") -> Iterator[str]:
    """Yield the rows as lines of a CSV file with the mark of UTF-8 before the first."""
    yield BYTE_ORDER_MARK
    for row in rows:
        line = io.StringIO()
        csv.writer(line, delimiter=separator, quoting=csv.QUOTE_ALL).writerow([safe(cell) for cell in row])
        yield line.getvalue().replace("\0", "")


def rows(entries: Iterable[Entry]) -> Iterator[list[str]]:
    """Yield a row of titles, then one for each decision."""
    yield [
        gettext("Decided at"),
        gettext("Site"),
        gettext("Comment"),
        gettext("Version"),
        gettext("Article"),
        gettext("Decision"),
        gettext("Labels"),
        gettext("By"),
        gettext("Note"),
        gettext("Reasons"),
        *(str(LABEL_NAMES[label]) for label in Label),
        gettext("Classifiers"),
        gettext("Undone at"),
        gettext("Undone by"),
        gettext("Takes back an earlier decision"),
        gettext("Audit sample"),
        gettext("Shadow mode"),
        gettext("Decided together as"),
    ]
    for entry in entries:
        yield _row(entry)


def reasons(scoring: ScoringRecord | None) -> str:
    """Return the reasons of a scoring as one text; empty when they are forgotten or there are none."""
    return " · ".join(in_words(reason) for reason in scoring.reasons) if scoring else ""


def _row(entry: Entry) -> list[str]:
    decision, scoring = entry.decision, entry.scoring
    versions = scoring.model_versions if scoring else {}
    return [
        _moment(decision.decided_at),
        entry.site.name,
        entry.comment.external_id,
        str(entry.revision.number),
        entry.article.title if entry.article else "",
        str(VERDICT_NAMES[decision.verdict]),
        ", ".join(str(LABEL_NAMES.get(label, label)) for label in decision.labels),
        entry.by or gettext("the site's policy"),
        decision.note or "",
        reasons(scoring),
        *(_score(scoring, label) for label in Label),
        ", ".join(f"{LABEL_NAMES.get(label, label)} {version}" for label, version in versions.items()),
        _moment(entry.undone_at),
        entry.undone_by or "",
        _yes(decision.undoes_id),
        _yes(decision.audit),
        _yes(decision.shadow),
        str(decision.bulk_id or ""),
    ]


def _moment(moment: datetime | None) -> str:
    return f"{moment.astimezone(UTC):%Y-%m-%d %H:%M:%S}Z" if moment else ""


def _score(scoring: ScoringRecord | None, label: Label) -> str:
    score: float | None = getattr(scoring, label) if scoring else None
    return "" if score is None else f"{score:.4f}"


def _yes(fact: object) -> str:
    return gettext("yes") if fact else ""
