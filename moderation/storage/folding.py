"""Letters without their accents, inside the database: what the text search stores and asks.

Only functions that every PostgreSQL has are used, so no extension has to be installed by a superuser.
What is stored was folded when it was written: a change here needs a migration that makes the column anew.
"""

from sqlalchemy import ColumnElement, func, literal, literal_column

CONFIGURATIONS = ("french", "english", "simple")

_LIGATURES = (("œ", "oe"), ("Œ", "oe"), ("æ", "ae"), ("Æ", "ae"))
_ACCENTS = "[\\u0300-\\u036f]+"
_DROPPED = "[\\u00ad\\u0300-\\u036f\\u200b-\\u200f\\u2060\\ufeff]+"  # accents, and what hides inside words
_BETWEEN = "[\\u00a1-\\u00bf\\u00d7\\u00f7\\u2010-\\u205f\\u2e00-\\u2e7f\\u3000-\\u303f]+"  # signs that are no letters


def _plain_sql(expression: str) -> str:
    for ligature, letters in _LIGATURES:
        expression = f"replace({expression}, '{ligature}', '{letters}')"
    # Accents of their own go first: PostgreSQL puts a run of them in order in quadratic time. The result is the same.
    expression = f"regexp_replace({expression}, '{_ACCENTS}', '', 'g')"
    letters = f"regexp_replace(normalize({expression}, NFKD), '{_DROPPED}', '', 'g')"
    return f"regexp_replace({letters}, '{_BETWEEN}', ' ', 'g')"


NAME_VECTOR = f"to_tsvector('simple', {_plain_sql('name')})"
TITLE_VECTOR = f"to_tsvector('simple', {_plain_sql('title')})"
SEARCH_VECTOR = " || ".join(f"to_tsvector('{name}', {_plain_sql('text')})" for name in CONFIGURATIONS)


def plain(text: str) -> ColumnElement[str]:
    """Return an expression for a text without accents."""
    folded: ColumnElement[str] = literal(text)
    for ligature, letters in _LIGATURES:
        folded = func.replace(folded, ligature, letters)
    folded = func.regexp_replace(func.normalize(folded, literal_column("NFKD")), _DROPPED, "", "g")
    return func.regexp_replace(folded, _BETWEEN, " ", "g")
