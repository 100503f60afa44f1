"""Samples and their sampling rate: decode, encode, resample, draw.

Owns the step between untrusted bytes and arrays of numbers, and back. It promises that

* only :class:`~fairhearing.audio.decode.AudioRefused` leaves :func:`~fairhearing.audio.decode.decode`,
  whatever the bytes are, and that a refusal names what came and what was expected;
* memory and time stay bounded by :class:`~fairhearing.audio.decode.Limits`, also for a header that lies;
* nothing but samples is written: no tags, no names, no times.

Samples are ``float32`` in −1 … 1; time is an integer number of samples beside a ``sampling_rate`` in hertz.
Import the modules: ``from fairhearing.audio import decode, encode, peaks, resample``.
"""
