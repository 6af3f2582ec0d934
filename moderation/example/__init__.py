"""The example site: a thread of comments, a backend that posts them, a receiver of callbacks.

It speaks to Vigie as any site does, over HTTP and signed; nothing here imports the service's insides.
"""
