"""What was said, in another language; beside it, how adequate and how fluent the chosen candidate is.

Adequacy (how much of the meaning is there) and fluency (how well it is written), five steps each: LDC, "Linguistic data
annotation specification: assessment of fluency and adequacy in translations" (2005).
"""

from fairhearing.review.kinds.kind import Kind, Scale

KIND = Kind(asks="", texts=True, scales=(Scale("adequacy"), Scale("fluency")))
