"""What the README tells a newcomer to type."""

import os
import re
import shutil
import subprocess
from pathlib import Path

import pytest

from moderation.database import Database
from moderation.domain.words import CredentialKind
from moderation.services import credentials, sites
from moderation.services.credentials import Vault
from moderation.storage import review

README = Path(__file__).parents[2] / "README.md"


def test_the_shell_lines_of_the_readme_sign_and_post_a_comment(web: str, database: Database, vault: Vault) -> None:
    """The example with curl and openssl, given a secret, stores its comment."""
    missing = [name for name in ("bash", "curl", "openssl", "od", "base64") if not shutil.which(name)]
    if missing and "CI" not in os.environ:
        pytest.skip(f"NOT TRIED: the README's shell lines need {', '.join(missing)}")
    with database.session() as session:
        site = sites.create(session, "lejour", "Le Jour")
        secret = credentials.issue(session, vault, site, CredentialKind.SIGNING_SECRET)
    lines = re.search(r"<!-- curl -->\n```bash\n(.*?)```", README.read_text("utf-8"), re.DOTALL)
    assert lines is not None
    script = lines[1].replace("http://127.0.0.1:8000", web)
    script = re.sub(r"^SITE=.*$", f"SITE=lejour SECRET={secret}", script, count=1, flags=re.MULTILINE)
    run = subprocess.run(["bash", "-euo", "pipefail", "-c", script], capture_output=True, text=True, check=False)
    assert run.returncode == 0, run.stdout + run.stderr
    assert '"status":"accepted"' in run.stdout
    with database.session() as session:
        row = review.one_of_site(session, site.id, "c-1")
    assert row is not None
    assert row.article is not None
