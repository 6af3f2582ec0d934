"""`vigie score`: what goes in, what comes out, and what it says about a line that it cannot read."""

import json
from pathlib import Path
from typing import Any

import pytest

from tests.moderation.cli.conftest import Vigie

LABELS = {"shouting", "off_topic", "incivility"}
KEYS = {"id", "language", "scores", "reasons", "spans", "model_versions"}
DEEP = 100_000


def lines(*comments: object) -> bytes:
    """Return comments as a file of one JSON object a line."""
    return "".join(json.dumps(c) + "\n" for c in comments).encode()


def answers(out: str) -> list[Any]:
    """Read what was written, one object a line, and nothing else."""
    return [json.loads(line) for line in out.splitlines()]


def test_standard_input_is_scored_in_order(vigie: Vigie) -> None:
    """Comments from standard input come out in order, one object a line, over more than one batch."""
    ended = vigie("score", given=lines(*({"id": n, "text": f"Bonjour {n}"} for n in range(150))))
    assert [a["id"] for a in answers(ended.out)] == list(range(150))
    assert (ended.code, ended.err) == (0, "")


def test_an_answer_has_the_promised_keys(vigie: Vigie) -> None:
    """An answer holds id, language, three scores from 0 to 1, reasons, spans inside the text, and model versions."""
    body = "TAISEZ-VOUS TOUS, BANDE DE CRÉTINS !!!"
    article = {"title": "Le port fermé", "text": "La grève au port dure depuis lundi."}
    (answer,) = answers(vigie("score", given=lines({"text": body, "article": article})).out)
    assert set(answer) == KEYS
    assert set(answer["scores"]) == set(answer["spans"]) == set(answer["model_versions"]) == LABELS
    assert all(0 <= answer["scores"][label] <= 1 for label in LABELS if answer["scores"][label] is not None)
    assert all({"label", "fr", "en"} == set(reason) for reason in answer["reasons"])
    spans = [span for label in LABELS for span in answer["spans"][label]]
    assert spans
    assert all(0 <= start < end <= len(body) and weight == weight for start, end, weight in spans)


def test_without_article_the_subject_is_not_judged(vigie: Vigie) -> None:
    """Without an article off_topic is null, and the other two are numbers."""
    scores = answers(vigie("score", "--text", "Merci pour cet article.").out)[0]["scores"]
    assert scores["off_topic"] is None
    assert all(isinstance(scores[label], float) for label in LABELS - {"off_topic"})


def test_a_file_a_pipe_and_an_option_agree(vigie: Vigie, tmp_path: Path) -> None:
    """The same text gets the same answer from a file, from standard input, and from --text."""
    file = tmp_path / "comments.ndjson"
    file.write_bytes(lines({"text": "Quelle honte !"}))
    outs = {
        vigie("score", str(file)).out,
        vigie("score", given=file.read_bytes()).out,
        vigie("score", "-", given=file.read_bytes()).out,
        vigie("score", "--text", "Quelle honte !").out,
    }
    assert len(outs) == 1


@pytest.mark.parametrize("key", ["a", "", 7, -1.5, True, False, None, ["a", 1], {"k": None}, "\ud800", 10**30])
def test_an_id_of_any_json_type_is_given_back(vigie: Vigie, key: object) -> None:
    """An id comes back as it was, whatever JSON value it is."""
    assert answers(vigie("score", given=lines({"id": key, "text": "Bonjour"})).out)[0]["id"] == key


@pytest.mark.parametrize(
    "given",
    [
        b'{"text": "a"}\r\n{"text": "b"}\r\n',
        b'\xef\xbb\xbf{"text": "a"}\n{"text": "b"}\n',
        b'{"text": "a"}\n\n   \n{"text": "b"}',
        b'{"text": "a", "language": null, "article": null, "parent": null, "id": null}\n{"text": "b"}\n',
    ],
    ids=["CRLF", "byte order mark", "blank lines and no last newline", "nulls"],
)
def test_what_editors_and_exports_do_to_lines_is_accepted(vigie: Vigie, given: bytes) -> None:
    """Windows line ends, a byte order mark, blank lines, a missing last newline and explicit nulls are no errors."""
    ended = vigie("score", given=given)
    assert (len(answers(ended.out)), ended.code) == (2, 0)


def test_an_empty_file_gives_an_empty_answer(vigie: Vigie) -> None:
    """Nothing in, nothing out, and no error."""
    ended = vigie("score", given=b"")
    assert (ended.code, ended.out, ended.err) == (0, "", "")


@pytest.mark.parametrize(
    "given",
    [
        b'{"text": "\\ud800 seul"}\n',
        b'{"text": "caf\xe9"}\n',
        b'{"text": ""}\n',
        b'{"text": "a\\u0000b \\u202e"}\n',
        b'{"text": "Bonjour", "language": "no such language"}\n',
        b'{"text": "Bonjour", "article": {}, "parent": {"text": ""}}\n',
    ],
    ids=["lone surrogate", "Latin-1 byte", "empty text", "NUL and override", "odd language", "empty context"],
)
def test_odd_texts_are_scored(vigie: Vigie, given: bytes) -> None:
    """A lone surrogate, a byte that is no UTF-8, an empty text, NUL or an unknown language get scores, as ASCII."""
    ended = vigie("score", given=given)
    assert set(answers(ended.out)[0]["scores"]) == LABELS
    assert ended.out.isascii()
    assert (ended.code, ended.err) == (0, "")


BAD = [
    (b"no json", "line 3: is no JSON"),
    (b"[" * DEEP, "line 3: is no JSON"),
    (b'"text"', "line 3: must be a JSON object"),
    (b"{}", "line 3: text: must be a string"),
    (b'{"text": 5}', "line 3: text: must be a string"),
    (b'{"text": "a", "txet": "b"}', "line 3: txet: is unknown"),
    (b'{"text": "a", "language": 1}', "line 3: language: must be a string"),
    (b'{"text": "a", "article": "b"}', "line 3: article: must be a JSON object"),
    (b'{"text": "a", "article": {"title": 1}}', "line 3: article: title: must be a string"),
    (b'{"text": "a", "parent": {}}', "line 3: parent: text: must be a string"),
    (b'{"text": "a", "id": NaN}', "line 3: id: cannot be written as JSON"),
    (b'{"text": "a", "id": 1e999}', "line 3: id: cannot be written as JSON"),
]


@pytest.mark.parametrize(("bad", "sentence"), BAD, ids=[sentence for _, sentence in BAD])
def test_a_bad_line_is_named(vigie: Vigie, bad: bytes, sentence: str) -> None:
    """A bad line ends the run with 1 and one sentence of line, field and cure; lines before it are answered."""
    ended = vigie("score", given=b'{"id": 1, "text": "a"}\n\n' + bad + b'\n{"id": 4, "text": "d"}\n')
    assert [a["id"] for a in answers(ended.out)] == [1]
    assert ended.err.startswith(f"vigie: {sentence}")
    assert (ended.code, ended.err.count("\n")) == (1, 1)


def test_bad_lines_can_be_skipped(vigie: Vigie) -> None:
    """With --skip-bad each bad line is answered in its place by an error, and the rest is scored."""
    ended = vigie("score", "--skip-bad", given=b'{"id": 1, "text": "a"}\nno\n{"id": 3, "text": "c"}\n{"text": 1}\n')
    first, second, third, fourth = answers(ended.out)
    assert [first["id"], third["id"]] == [1, 3]
    assert "line 2: is no JSON" in second["error"]
    assert "line 4: text: must be a string" in fourth["error"]
    assert (ended.code, ended.err) == (0, "")


def test_a_missing_file_is_named(vigie: Vigie) -> None:
    """A file that does not exist is named, without a traceback."""
    ended = vigie("score", "nowhere.ndjson")
    assert (ended.code, ended.out) == (2, "")
    assert "nowhere.ndjson" in ended.err
    assert "Traceback" not in ended.err
