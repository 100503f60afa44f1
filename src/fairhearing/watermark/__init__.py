"""The mark on what each reviewer hears, and the way from a leaked file back to it. Knows no database and no network.

It promises that

* what is marked stays as long as it was, and sounds as it did (docs/watermark.md has the figures);
* a leak is laid on its clip, and its evidence taken, without a look at any key, so that the chance of a false
  accusation has a proven bound whatever was done to the sound;
* it answers with a name, or with none.

``keys.mark_key`` → ``embed.prepare`` once a clip → ``embed.embed`` at each serving; ``fingerprint.fingerprint`` once a
clip → ``trace.trace`` for a leak, or ``detect.detect`` where the clip is known.
"""
