"""Sites as the administrator manages them: creation, policy, callback address."""

import re
from typing import Any

from sqlalchemy.orm import Session

from moderation.clients.site import check_url
from moderation.domain.errors import InvalidInput, NotFound
from moderation.domain.policy import Policy
from moderation.domain.words import CredentialKind
from moderation.storage import callbacks, sites
from moderation.storage.sites import SiteRecord

_SLUG = re.compile(r"[a-z0-9](?:[a-z0-9-]{0,61}[a-z0-9])?")


def create(session: Session, slug: str, name: str, language: str = "fr") -> SiteRecord:
    """Create a site under the default policy. Raises InvalidInput when the slug is malformed or taken."""
    if not _SLUG.fullmatch(slug):
        raise InvalidInput("slug", "may hold a–z, 0–9 and inner hyphens only.", "For example `lejour-com`.")
    if sites.by_slug(session, slug):
        raise InvalidInput("slug", f"{slug!r} is taken.", "Choose another one.")
    site = SiteRecord(slug=slug, name=name, language=language, policy=Policy().to_json())
    session.add(site)
    session.flush()
    return site


def get(session: Session, slug: str) -> SiteRecord:
    """Return a site. Raises NotFound."""
    site = sites.by_slug(session, slug)
    if site is None:
        raise NotFound("site", slug)
    return site


def set_callback(site: SiteRecord, url: str | None, *, private_allowed: bool = False) -> None:
    """Set, or with None remove, where decisions are told. Raises InvalidInput for a malformed address.

    `private_allowed` lets the address be a private or loopback one: only an administrator may set it.
    """
    if url is not None and (problem := check_url(url)):
        raise InvalidInput("callback_url", f"{problem}.", "For example https://example.org/vigie.")
    site.callback_url, site.callback_private_allowed, site.callback_active = url, private_allowed, True


def pause_callback(site: SiteRecord, *, active: bool) -> None:
    """Stop telling a site, or go on; what is decided meanwhile is kept and told afterwards."""
    site.callback_active = active


def hold(session: Session, site: SiteRecord) -> None:
    """Read a site again and lock it until the transaction ends, so that nobody else changes its settings meanwhile."""
    session.refresh(site, with_for_update={"key_share": True})


def set_policy(site: SiteRecord, policy: dict[str, Any]) -> None:
    """Replace the policy; comments scored from now on follow it. Raises InvalidInput naming the wrong field."""
    site.policy = Policy.from_json(policy).to_json()


def describe(session: Session, site: SiteRecord) -> dict[str, Any]:
    """Return a site's settings and the public ids of its live secrets, as JSON values."""
    return {
        "slug": site.slug,
        "name": site.name,
        "language": site.language,
        "policy": site.policy,
        "callback_url": site.callback_url,
        "callback_active": site.callback_active,
        "callback_private_allowed": site.callback_private_allowed,
        "callbacks": callbacks.counts(session, site.id),
        "secrets": [
            {"kind": c.kind, "public_id": c.public_id, "created_at": c.created_at, "expires_at": c.expires_at}
            for kind in CredentialKind
            for c in sites.live_credentials(session, site.id, kind)
        ],
    }
