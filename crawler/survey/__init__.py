"""PURE: what was seen of an unknown site → what to look at next, and what channel to propose for it.

model      what is wanted, what was seen, what is found
links      a page → the links of its site        shapes   addresses → the pattern of articles'
columns    listings among the pages               zones    the time zone
survey     the order of looking                   propose  everything seen → the [[channel]] section
"""

from crawler.survey.model import Column, Finding, Sample, Seen, Want, Zone
from crawler.survey.survey import Survey

__all__ = ["Column", "Finding", "Sample", "Seen", "Survey", "Want", "Zone"]
