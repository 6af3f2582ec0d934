"""Use cases as verbs. The rules live here once; the web, the command line and the tasks are doors to them."""

import moderation.storage.schema  # noqa: F401 - every record is known before the first query, whatever the process asks
