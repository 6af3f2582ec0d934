"""`vigie models` and `vigie rescore`, on the real database."""

import json
from dataclasses import replace
from pathlib import Path

import numpy as np
import pytest
from sqlalchemy import text

from classifiers.artifact import digest
from classifiers.learning.evidence import nothing
from classifiers.learning.knowledge import Knowledge, Known
from classifiers.learning.newsroom import Taught, learn
from classifiers.scorer import Scorer
from moderation.database import Database
from moderation.domain.words import Label
from moderation.services import models, moderators
from moderation.storage.sites import SiteRecord
from tests.moderation.cli.conftest import Ended, Vigie
from tests.moderation.conftest import Newsroom
from tests.moderation.taught import ALL, champion, kept, taught

pytestmark = pytest.mark.usefixtures("configured")


def row(ended: Ended, name: str) -> list[str]:
    """Return the cells of the table's row about one version."""
    line = next(line for line in ended.out.splitlines() if name in line)
    return [cell.strip() for cell in line.strip("│ ").split("│")]


def refused(ended: Ended) -> str:
    """Return the one sentence of a refused command."""
    assert (ended.code, ended.out, ended.err.count("\n")) == (1, "", 1)
    return ended.err


def name_of(database: Database, version_id: int) -> str:
    """Return the name of a version."""
    with database.session() as session:
        return models.one(session, version_id).name


def state_of(database: Database, name: str) -> str:
    """Return the state of a version."""
    with database.session() as session:
        session.expire_all()
        return models.named(session, name).state


@pytest.fixture
def exported(vigie: Vigie, newsroom: Newsroom, tmp_path: Path) -> Path:
    """Return the file of an exported version of the site."""
    name = name_of(newsroom.database, kept(newsroom.database, newsroom.site.id, taught(newsroom.scorer, 2.0)))
    ended = vigie("models", "export", name, str(tmp_path / "out"))
    assert ended.out.split() == [str(tmp_path / "out" / f"{name}{end}") for end in (".npz", ".json")]
    return tmp_path / "out" / f"{name}.npz"


def test_versions_are_listed_with_state_people_and_figures(vigie: Vigie, newsroom: Newsroom) -> None:
    """The list says of each version where it stands, who promoted it, and the AUC before and after."""
    database, scorer, here = newsroom.database, newsroom.scorer, newsroom.site.id
    with database.session() as session:
        nadia = moderators.create(session, "nadia@example.org", "Nadia", "a lookout on a mast")
    own = kept(database, here, taught(scorer, 1.0))
    with database.session() as session:
        models.promote(session, own, nadia)
    challenger = name_of(database, kept(database, here, taught(scorer, 2.0), better=True))
    shared = champion(database, None, taught(scorer, 1.0, Label.OFF_TOPIC))
    ended = vigie("models")
    assert [row(ended, name_of(database, own))[i] for i in (0, 1, 3, 6, 7, 8)] == [
        *("incivility", "lejour", "champion", "Nadia", "0.710", "0.830")
    ]
    assert row(ended, challenger)[3] == "challenger"
    assert [row(ended, shared)[i] for i in (0, 1, 6)] == ["off_topic", "shared", "Vigie"]
    assert shared not in vigie("models", "--site", "lejour").out
    only_shared = vigie("models", "--shared").out
    assert shared in only_shared
    assert challenger not in only_shared


def test_a_card_is_shown_as_markdown(vigie: Vigie, newsroom: Newsroom, scorer: Scorer) -> None:
    """The card that a training wrote is shown after where the version stands and what was found since."""
    made = taught(scorer, 1.0)
    nobody, none = nothing(scorer.versions), np.zeros(0, "<U1")
    known = {made.label: Known(nobody, np.zeros(0, np.bool_), group=none, family=none, who=none)}
    result = learn(made.label, Taught([], nobody), None, Knowledge(known, known), "lejour", 7)
    with newsroom.database.session() as session:
        version = models.keep(session, newsroom.site.id, replace(result, adaptation=made), None)
        assert version is not None
        version.findings = [*version.findings, {"code": "shadow_floods", "passed": False, "figures": {"comments": 9}}]
        name = version.name
    shown = vigie("models", "show", name).out
    assert shown.startswith(f"# {name}\n\n- state: candidate\n")
    assert "- shadow_floods: **not passed** (comments 9)" in shown
    assert "## incivility for lejour" in shown
    assert "| examples | NO |" in shown


@pytest.mark.parametrize(
    ("card", "shown"), [("{}", "No card came with it."), (json.dumps({"x": "\x1b[31m"}), '"x": "\\u001b[31m"')]
)
def test_an_imported_card_is_shown_as_it_came_and_moves_no_terminal(
    vigie: Vigie, newsroom: Newsroom, card: str, shown: str
) -> None:
    """A card of another form is shown as JSON, without the signs by which a file could command the terminal."""
    version = kept(newsroom.database, newsroom.site.id, taught(newsroom.scorer, 1.0))
    with newsroom.database.session() as session:
        models.one(session, version).card = json.loads(card)
    told = vigie("models", "show", name_of(newsroom.database, version)).out
    assert shown in told
    assert "\x1b" not in told


def test_a_version_is_challenged_promoted_and_rolled_back(vigie: Vigie, newsroom: Newsroom) -> None:
    """Each command says what judges from now on; the trail names the command line by nobody's name."""
    database, here = newsroom.database, newsroom.site.id
    first, second = (name_of(database, kept(database, here, taught(newsroom.scorer, bias))) for bias in (1.0, 2.0))
    assert vigie("models", "challenge", first).code == 0
    assert state_of(database, first) == "challenger"
    for name in (first, second):
        assert f"{name} judges from the next batch on" in vigie("models", "promote", name).out
    assert f"{first} judges" in vigie("models", "roll-back", "--site", "lejour", "incivility").out
    assert state_of(database, second) == "retired"
    once_more = ("models", "roll-back", "--site", "lejour", "incivility")
    assert "The shipped model of incivility judges" in vigie(*once_more).out
    assert "nothing to roll back" in refused(vigie(*once_more))
    assert newsroom.count("audit_event", "act = 'model.rolled_back' AND moderator_id IS NULL") == 2


def test_what_cannot_be_is_one_sentence(vigie: Vigie, newsroom: Newsroom) -> None:
    """Unknown names and states that do not allow a move end with a sentence, and a place has to be named."""
    name = champion(newsroom.database, newsroom.site.id, taught(newsroom.scorer, 1.0))
    assert "No model version" in refused(vigie("models", "show", "nothing"))
    assert "is champion now" in refused(vigie("models", "challenge", name))
    assert vigie("models", "retire", name).code == 0
    assert "is retired now" in refused(vigie("models", "retire", name))
    assert "Give --site SLUG, or --shared" in vigie("models", "roll-back", "incivility").err


def test_what_was_exported_is_imported_elsewhere_as_a_candidate(
    vigie: Vigie, newsroom: Newsroom, other_site: SiteRecord, exported: Path
) -> None:
    """An imported version has the same artefact and card, waits for a person, and says where it comes from."""
    ended = vigie("models", "import", "--site", "autre", str(exported))
    name = exported.stem.replace("lejour", "autre")
    assert ended.out == f"{name} is here as candidate.\n"
    with newsroom.database.session() as session:
        version, origin = models.named(session, name), models.named(session, exported.stem)
        assert (version.site_id, version.sha256, version.card) == (other_site.id, origin.sha256, origin.card)
        assert version.findings == [{"code": "imported", "passed": False, "figures": {"from": exported.stem}}]
    assert "is here as candidate" in vigie("models", "import", "--shared", str(exported)).out
    assert vigie("models", "promote", name).code == 0
    assert vigie("models", "import", "--site", "autre", str(exported)).out == f"{name} is here as champion.\n"
    with newsroom.database.session() as session:
        acts = session.execute(
            text("SELECT site_id, details FROM audit_event WHERE act = 'model.imported' ORDER BY id")
        )
        (first, said), (second, _) = acts.all()
    assert (first, said) == (other_site.id, {"label": "incivility", "version": name, "origin": exported.stem})
    assert second is None


def test_a_damaged_file_is_refused(vigie: Vigie, newsroom: Newsroom, exported: Path) -> None:
    """One changed byte, a missing description, or one of another file: refused with what to do, nothing kept."""
    whole = exported.read_bytes()
    exported.write_bytes(whole[:200] + bytes([whole[200] ^ 1]) + whole[201:])
    assert "not the file that was recorded" in refused(vigie("models", "import", "--shared", str(exported)))
    exported.write_bytes(whole)
    described = exported.with_suffix(".json")
    facts = json.loads(described.read_text("utf-8"))
    for wrong in ("{", '{"x": NaN}', "[]", json.dumps({**facts, "card": {"a": "\0"}})):
        described.write_text(wrong, "utf-8")
        assert "vigie models export" in refused(vigie("models", "import", "--shared", str(exported)))
    described.unlink()
    assert "is no exported model" in refused(vigie("models", "import", "--shared", str(exported)))
    assert newsroom.count("model_version") == 1


def test_a_model_on_another_base_is_refused(vigie: Vigie, newsroom: Newsroom, exported: Path, scorer: Scorer) -> None:
    """What stands on another shipped model is refused with both versions named and the way out."""
    base = scorer.versions["incivility"]
    foreign = replace(taught(scorer, 1.0), base="incivility-older").to_bytes()
    exported.write_bytes(foreign)
    facts = json.loads(exported.with_suffix(".json").read_text("utf-8")) | {"sha256": digest(foreign)}
    exported.with_suffix(".json").write_text(json.dumps(facts), "utf-8")
    told = refused(vigie("models", "import", "--shared", str(exported)))
    assert "incivility-older" in told
    assert base in told
    assert "vigie retrain" in told
    assert newsroom.count("model_version") == 1


def test_a_damaged_version_is_not_exported(vigie: Vigie, newsroom: Newsroom, tmp_path: Path) -> None:
    """Bytes that changed in the table are not handed on."""
    name = name_of(newsroom.database, kept(newsroom.database, newsroom.site.id, taught(newsroom.scorer, 1.0)))
    with newsroom.database.session() as session:
        session.execute(text("UPDATE model_version SET artifact = 'x'"))
    assert "damaged" in refused(vigie("models", "export", name, str(tmp_path / "out")))
    assert not (tmp_path / "out").exists()


def test_rescoring_is_asked_for(vigie: Vigie, newsroom: Newsroom) -> None:
    """`vigie rescore` says how many comments wait, and asking again gives the same rescoring."""
    champion(newsroom.database, newsroom.site.id, taught(newsroom.scorer, ALL))
    newsroom.write("c1", "Le gouvernement devrait ouvrir les barrages plus tôt.")
    newsroom.score()
    for _ in range(2):
        told = vigie("rescore", "--site", "lejour").out
        assert told == "1 comments wait; 0 of them are sent to the scorers so far (waiting).\n"
    assert newsroom.count("rescoring") == 1
