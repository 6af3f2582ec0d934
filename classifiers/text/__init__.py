"""Text, before any judgement: folding with offsets, disguises, words, sentences, language.

Everything here works on a whole batch of texts joined in one array of code points, takes any `str`
(lone surrogates included) in linear time, and knows the place of each character in the original.
Nothing here knows a label or a model.
"""
