"""Metrics for Prometheus, at `/metrics`, in its text format. There are none (404) unless VIGIE_METRICS_TOKEN is set.

A monitor sends the token: `authorization: {credentials: …}` in Prometheus' `scrape_configs`. The figures are read from
the database at each scrape: any process may answer, and a restart loses nothing. They name sites, labels and versions,
never a text or a person. What is read is in `moderation.services.metrics`.
"""

from collections.abc import Iterator
from datetime import UTC, datetime
from secrets import compare_digest

from flask import Response, abort, request
from prometheus_client import CollectorRegistry, generate_latest
from prometheus_client.core import GaugeMetricFamily
from prometheus_client.exposition import CONTENT_TYPE_PLAIN_0_0_4
from prometheus_client.registry import Collector

from moderation.api import problems
from moderation.domain.errors import NotAuthenticated
from moderation.services import metrics
from moderation.services.metrics import Gauge
from moderation.web import context

blueprint = problems.room("metrics", "/metrics")


@blueprint.get("")
def scrape() -> Response:
    """Answer every gauge, to those who send the token."""
    here = context()
    token = here.settings.metrics_token or abort(404)
    scheme, _, given = request.headers.get("Authorization", "").partition(" ")
    if scheme.lower() != "bearer" or not compare_digest(given.strip().encode(), token.encode()):
        raise NotAuthenticated("Send the token of VIGIE_METRICS_TOKEN (Authorization: Bearer …).")
    with here.database.session() as session:
        gauges = metrics.gather(session, datetime.now(UTC))
    registry = CollectorRegistry(auto_describe=False)
    registry.register(_Gathered(gauges))
    return Response(generate_latest(registry), content_type=CONTENT_TYPE_PLAIN_0_0_4)


class _Gathered(Collector):
    """Gauges that were read already, as the client library takes them."""

    def __init__(self, gauges: list[Gauge]) -> None:
        self.gauges = gauges

    def collect(self) -> Iterator[GaugeMetricFamily]:
        """Yield each gauge with its samples."""
        for gauge in self.gauges:
            family = GaugeMetricFamily(gauge.name, gauge.words, labels=list(gauge.labels))
            for labels, value in gauge.samples:
                family.add_metric(list(labels), float(value))
            yield family
