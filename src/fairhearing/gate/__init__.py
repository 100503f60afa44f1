"""THE choke point: no audio byte leaves the vault but through here.

``seal`` hands a clip out encrypted, ``play`` releases the key for human ears, ``process`` opens an original to
machines, ``export`` opens a clip to a release. Each collects its facts itself, under lock; asks ``policy.decide``; has
the entry committed to the ledger; and only then makes a permit. Promises: no byte without an entry. An entry without
bytes can be (a crash in between) and is visible.
"""
