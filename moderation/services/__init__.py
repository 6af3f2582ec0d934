"""Use cases as verbs. The rules live here once; the web, the command line and the tasks are doors to them."""
