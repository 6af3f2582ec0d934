"""What a newsroom's decisions teach: examples in, a proven adaptation with its card out.

Here live the weighing, fitting and proving of adaptations; `newsroom.learn` is the one door. Who decided what, where
it is stored and what happens to a better model is not known here: no database, no web, no broker.
"""
