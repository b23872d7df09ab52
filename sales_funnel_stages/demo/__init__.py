"""The deals of the demo data, which have a past. May call models and tools; neither calls it."""

from . import crm_lead
