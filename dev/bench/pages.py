"""What the web client's pages take, with the addon and without."""

from . import report
from .measure import Assets, Page
from .side import Side
from .window import Window

LEADS = [("type", "=", "lead")]
DEALS = [("type", "=", "opportunity")]
PIPELINE = "crm.crm_lead_action_pipeline"
ALL_LEADS = "crm.crm_lead_all_leads"
FORECAST = "crm.crm_lead_action_forecast"
CONVERSION = "crm.action_crm_lead2opportunity_partner"
OF_DEALS = {"default_type": "opportunity"}
OF_LEADS = {"default_type": "lead"}


def _list_of_leads(env):
    return Window(env, ALL_LEADS, **OF_LEADS).open_list(LEADS)


def _kanban(env):
    return Window(env, PIPELINE, **OF_DEALS).open_kanban(env, DEALS)


def _pipeline(env):
    return Window(env, PIPELINE, **OF_DEALS).open_list(DEALS)


def _forecast(env):
    window = Window(env, FORECAST, **OF_DEALS, forecast_field="date_deadline")
    return window.open_kanban(env, [*DEALS, ("date_deadline", "!=", False)], ":month")


def _calendar(env):
    return Window(env, PIPELINE, **OF_DEALS).open_calendar(DEALS)


def _get_views(env):
    return [Window(env, PIPELINE, **OF_DEALS).load]


def _form(env):
    return Window(env, PIPELINE, **OF_DEALS).open_form(_find_deal(env))


def _new_lead(env):
    return Window(env, ALL_LEADS, **OF_LEADS).open_new()


def _save(env):
    return Window(env, PIPELINE, **OF_DEALS).save(_find_deal(env), {"priority": "2"})


def _open_conversion(env):
    return _conversion(env).open_new()


def _apply_conversion(env):
    return _conversion(env).press("action_apply")


def _conversion(env):
    # the newest is answered, with the addon
    lead = env["crm.lead"].search(LEADS, order="id desc", limit=1)
    return Window(env, CONVERSION, active_model="crm.lead", active_id=lead.id, active_ids=lead.ids)


def _contacts(env):
    return Window(env, "base.action_partner_form").open_list([])


def _teams(env):
    window = Window(env, "sales_team.crm_team_action_pipeline")
    return window.open_list([("use_opportunities", "=", True)], "kanban")


def _settings(env):
    return Window(env, "crm.crm_config_settings_action", module="crm").open_new()


def _find_deal(env):
    """→ the id of a deal in the middle of the pipeline."""
    return env["crm.lead"].search([*DEALS, ("won_status", "=", "pending")], limit=1).id


PAGES = [
    Page("leads list", _list_of_leads, at_most=1.15, queries=3),
    Page("kanban", _kanban, at_most=1.15, queries=3),
    Page("pipeline list", _pipeline, at_most=1.15, queries=3),
    Page("forecast", _forecast, at_most=1.15, queries=3),
    Page("calendar", _calendar, at_most=1.15, queries=3),
    Page("opportunity form", _form, at_most=1.25, queries=6),
    Page("a new lead's form", _new_lead, at_most=1.25, queries=6),
    Page("a save of one field", _save, at_most=1.10, queries=6),
    Page("get_views", _get_views, at_most=1.10),
    Page("conversion wizard, open", _open_conversion, at_most=1.25),
    Page("conversion wizard, apply", _apply_conversion, at_most=1.25),
    Page("contacts list", _contacts, at_most=1.10),
    Page("team kanban", _teams, at_most=1.10),
    Page("settings", _settings, at_most=1.10),
    Assets("first load", "web.assets_web", at_most=60),
]


def compare(stock, ours, *words):
    """Measure and print the pages, or those whose name has all the words → the exit code.

    :param stock: name of the database without the addon
    :param ours: name of the one with it
    """
    return report.tell(PAGES, Side(stock, "admin"), Side(ours, "admin"), *words)
