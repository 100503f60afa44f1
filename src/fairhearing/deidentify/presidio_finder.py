"""Presidio after our reading: spoken form is turned into written form, Presidio looks, its spans are brought back.

An adapter for those who run Presidio with a pipeline and recognisers of their own. It needs the packages
``presidio-analyzer`` and ``spacy``, which are no dependencies of the product, and says so where they are missing.
"""

from importlib import import_module
from typing import Any

from fairhearing.deidentify import spoken

THRESHOLD = 0.35  # of Presidio's score, 0 … 1
TYPES = {
    **dict.fromkeys(("PERSON",), "NAME"),
    **dict.fromkeys(("LOCATION", "ADDRESS"), "ADDRESS"),
    **dict.fromkeys(("PHONE_NUMBER",), "PHONE"),
    **dict.fromkeys(("CREDIT_CARD",), "CARD"),
    **dict.fromkeys(("EMAIL_ADDRESS",), "EMAIL"),
    **dict.fromkeys(("IBAN_CODE", "US_BANK_NUMBER", "UK_SORT_CODE", "CRYPTO"), "BANK"),
    **dict.fromkeys(("URL", "IP_ADDRESS", "MAC_ADDRESS"), "ONLINE"),
    **dict.fromkeys(("US_SSN", "US_ITIN", "US_PASSPORT", "US_DRIVER_LICENSE", "MEDICAL_LICENSE"), "ID_NUMBER"),
    **dict.fromkeys(("UK_NHS", "UK_NINO", "ES_NIF", "ES_NIE", "DE_TAX_ID", "DE_PASSPORT"), "ID_NUMBER"),
}


class MissingPresidio(ImportError):
    """Presidio or spaCy is not installed."""


class PresidioFinder:
    """Personal data by Presidio, in the types of :mod:`fairhearing.deidentify.spoken`.

    ``pipeline`` is a loaded spaCy pipeline; without one a blank pipeline of the language serves, and then Presidio
    finds no names or places. Entities without a type of ours (dates, organisations) are left out. Raises
    :class:`MissingPresidio` where the packages are missing, :class:`~spoken.UnknownLanguage` for other languages.
    """

    def __init__(self, language: str, *, pipeline: Any = None, threshold: float = THRESHOLD) -> None:
        spoken.find("", language)
        self.language = language.lower().replace("_", "-").split("-", maxsplit=1)[0]
        self.threshold = threshold
        self._analyzer = _analyzer(self.language, pipeline)

    def find(self, text: str) -> list[spoken.Span]:
        """Return the personal data in a text of any form, by offsets in it, in order, not overlapping."""
        written, offsets = spoken.written(text, self.language)
        found = []
        for span in self.find_written(written):
            start, end = offsets.source(span.start, span.end)
            found.append(spoken.Span(start, end, span.type))
        return _apart(found)

    def find_written(self, text: str) -> list[spoken.Span]:
        """Return what Presidio sees in ``text`` as it stands."""
        results = self._analyzer.analyze(text=text, language=self.language, score_threshold=self.threshold)
        ranked = sorted(results, key=lambda one: -one.score)
        spans = [spoken.Span(one.start, one.end, TYPES[one.entity_type]) for one in ranked if one.entity_type in TYPES]
        return _apart(spans)


def _apart(spans: list[spoken.Span]) -> list[spoken.Span]:
    """Return the spans in order; of overlapping ones the first given."""
    kept: list[spoken.Span] = []
    for span in spans:
        if all(span.end <= one.start or one.end <= span.start for one in kept):
            kept.append(span)
    return sorted(kept, key=lambda one: one.start)


def _analyzer(language: str, pipeline: Any) -> Any:
    try:
        spacy = import_module("spacy")
        analyzer = import_module("presidio_analyzer")
        engine = import_module("presidio_analyzer.nlp_engine").SpacyNlpEngine
        domains: Any = import_module("tldextract.tldextract")
    except ImportError as missing:
        raise MissingPresidio(
            f"the Presidio finder needs presidio-analyzer and spacy, {missing.name} is not installed"
        ) from missing

    # Presidio checks domains by a list that this would fetch from the network: the one in the package serves.
    domains.TLD_EXTRACTOR = domains.TLDExtract(suffix_list_urls=(), cache_dir=None)

    def load(_: Any) -> None:
        """Keep what was given, where Presidio would download a model."""

    given = type("GivenEngine", (engine,), {"load": load})()
    given.nlp = {language: pipeline or spacy.blank(language)}
    registry = analyzer.RecognizerRegistry(supported_languages=[language])
    registry.load_predefined_recognizers(languages=[language])
    return analyzer.AnalyzerEngine(registry=registry, nlp_engine=given, supported_languages=[language])
