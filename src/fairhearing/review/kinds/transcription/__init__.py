"""What was said, in the language in which it was said."""

from fairhearing.review.kinds.kind import Kind

KIND = Kind(asks="", texts=True)
