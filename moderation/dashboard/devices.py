"""A browser in words that its owner knows again: "Firefox on Linux". Nothing finer is read from it."""

_BROWSERS = (  # the first that is named wins: most browsers also name those they descend from
    ("Edg", "Edge"),
    ("OPR/", "Opera"),
    ("SamsungBrowser/", "Samsung Internet"),
    ("Firefox/", "Firefox"),
    ("FxiOS/", "Firefox"),
    ("CriOS/", "Chrome"),
    ("Chrome/", "Chrome"),
    ("Safari/", "Safari"),
)
_SYSTEMS = (
    ("iPhone", "iPhone"),
    ("iPad", "iPad"),
    ("Android", "Android"),
    ("Windows", "Windows"),
    ("CrOS", "ChromeOS"),
    ("Mac OS X", "macOS"),
    ("Linux", "Linux"),
)


def browser_and_system(agent: str | None) -> tuple[str | None, str | None]:
    """Return the names of the browser and of the system that a User-Agent header tells, None for what it does not."""
    return _first(agent or "", _BROWSERS), _first(agent or "", _SYSTEMS)


def _first(agent: str, names: tuple[tuple[str, str], ...]) -> str | None:
    return next((name for sign, name in names if sign in agent), None)
