"""Training: from data on disk to artefacts and cards, the same bytes for the same data and seed.

Here lives what fits the three judgements (`run.train` does it all). Nothing here is used at scoring time.
"""
