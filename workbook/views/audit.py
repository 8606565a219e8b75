"""Page 5: the internal audit: plan, independence, tests, reviews, findings, watched findings, readiness, questions."""

from collections import Counter
from collections.abc import Iterable
from dataclasses import dataclass
from datetime import date

from markupsafe import Markup

from workbook.analysis import readiness as ready
from workbook.analysis import watches as watching
from workbook.analysis.coverage import days_late, label
from workbook.analysis.readiness import AreaScore, Item, Readiness
from workbook.analysis.watches import Watched, Where
from workbook.model import Result
from workbook.record import Asked, Record, Row
from workbook.views import html
from workbook.views.parts import alarm, due, facts, folded, heading, items, link, paragraph, under, who
