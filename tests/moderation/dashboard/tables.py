"""The tables of the statistics, read from the page and from their files. No test lives here."""

import csv
import io
import re

from tests.moderation.dashboard.conftest import Visitor


def table(page: str, key: str) -> list[list[str]]:
    """Return the cells of one sheet's table: the figures that the script draws, and the heads of the rows."""
    sheet = re.search(rf'<section class="sheet [a-z]+" id="{key}".*?</section>', page, re.S)
    assert sheet, key
    rows = re.findall(r"<tr><th scope=\"row\".*?</tr>", sheet[0], re.S)
    return [[_words(row)[0], *re.findall(r'<td(?: data-value="([^"]*)")?>', row)] for row in rows]


def _words(row: str) -> list[str]:
    return re.sub(r"<[^>]+>", "|", row).split("|")[2:3] if "<bdi>" not in row else re.findall("<bdi>(.*?)</bdi>", row)


def file(visitor: Visitor, key: str, **options: str) -> list[list[str]]:
    """Download one table."""
    query = "&".join(f"{name}={value}" for name, value in options.items())
    answer = visitor.client.get(f"/statistics/{key}.csv?{query}")
    assert answer.status_code == 200
    assert answer.mimetype == "text/csv"
    assert "attachment" in answer.headers["Content-Disposition"]
    return list(csv.reader(io.StringIO(answer.text.lstrip("\ufeff")), delimiter=";" if "lang" in options else ","))
