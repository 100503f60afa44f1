"""The demo that ``fairhearing run`` seeds: invented people, speech made on the spot, real recognition.

Promises: espeak-ng (GPL) is loaded by ``espeak_process`` alone, a program of its own that we start and
talk to over pipes; nobody in ``script.json`` exists, and its numbers, cards and addresses belong to nobody.
"""
