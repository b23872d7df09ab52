"""What is downloaded. May call reports, models and tools; none of them calls it."""

from . import funnel_dashboard
