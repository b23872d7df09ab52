from . import funnel_dashboard
