"""The classifiers of Vigie: text in, scores and reasons out.

Here live the three judgements (shouting, off topic, incivility), the text and feature work below them,
and what trains, measures and explains them. No database, no web and no broker is known here.
"""
