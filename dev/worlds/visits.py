"""What people do with the addon in any world, over HTTP; an error fails whoever asks for it."""

import io
import json
from datetime import date, timedelta

from openpyxl import load_workbook

from ..tests.clients import Refused
from . import job_queue

OURS = ("module", "=like", r"sales\_funnel\_stages%")
# What we bring and an administrator may delete.
DELETED = ("crm.qualification.framework", "mail.activity.type", "ir.cron")
# Also where tests that began today end tomorrow.
TOMORROW, YEAR_AGO = (date.today() + timedelta(days=days) for days in (1, -365))
PERIOD = {"domain": [], "date_from": str(YEAR_AGO), "date_to": str(TOMORROW), "months": 12}
WIZARD = "crm.lead2opportunity.partner"
# how many scheduled jobs we bring
JOBS = 5
XLSX = "/sales_funnel_stages/funnel_dashboard/xlsx"


def run_jobs(client):
    """Run each scheduled job of ours now, and Odoo's that cleans up; and what OCA's queue has.

    :return: how many scheduled jobs there are
    """
    job_ids = _find_ours(client, "ir.cron")
    for id_ in [*job_ids, client.find("base.autovacuum_job")]:
        client.call("ir.cron", "method_direct_trigger", [id_])
    job_queue.work(client)
    return len(job_ids)


def delete(client):
    """Delete what an administrator may delete of what we have brought.

    :return: the models of what is kept, since somebody uses it
    """
    kept = set()
    for model in DELETED:
        for id_ in _find_ours(client, model):
            try:
                client.call(model, "unlink", [id_])
            except Refused:
                kept.add(model)
    return kept


def get_dashboard(client, **context):
    """→ what the funnel dashboard tells of a year."""
    return client.call("crm.funnel.report", "get_dashboard", **PERIOD, context=context)


def export_dashboard(client):
    """→ the rows of the dashboard's spreadsheet, the header first."""
    asked = json.dumps({**PERIOD, "filters": []})
    book = load_workbook(io.BytesIO(client.download(XLSX, data=asked)))
    return [*book.active.values]


def get_worth(client):
    """→ what each criterion is worth."""
    return client.call("crm.criterion.worth", "get_worth", domain=[])


def get_impact(client):
    """→ ``{model: impacts}``: what teams, frameworks and rules would hold back."""
    return {
        model: [
            record["stage_rule_impact"]
            for record in client.call(model, "search_read", domain=[], fields=["stage_rule_impact"])
        ]
        for model in ("crm.team", "crm.qualification.framework", "crm.stage.rule")
    }


def get_usual_stays(client):
    """→ how long opportunities usually stay in each stage; handed to Odoo's rotting, too."""
    fields = ["usual_days", "usual_stay"]
    stages = client.call("crm.stage", "search_read", domain=[], fields=fields)
    client.call("crm.stage", "action_use_usual_days", [stage["id"] for stage in stages])
    return [stage["usual_days"] for stage in stages]


def find_stuck(client):
    """→ ids of the opportunities that are stuck, and of those that are not."""
    stuck, others = (
        client.call("crm.lead", "search", domain=[("is_stuck", "=", is_stuck)])
        for is_stuck in (True, False)
    )
    return stuck, others


def send_digest(client):
    """Send the periodic digest now → the e-mail to whoever sends it, as HTML."""
    client.call("digest.digest", "action_send", [client.find("digest.digest_digest_default")])
    [user] = client.call("res.users", "read", [client.uid], fields=["email_formatted"])
    # the newest ones come first
    [mail, *_earlier] = client.call(
        "mail.mail",
        "search_read",
        domain=[("email_to", "=", user["email_formatted"])],
        fields=["body_html"],
    )
    return mail["body_html"]


def take_first_steps(client):
    """Open what each of the first steps opens → whether each is done, by name."""
    for step in client.call("crm.stage.rule.onboarding", "get_steps"):
        client.call("crm.stage.rule.onboarding", "action_open_step", name=step["name"])
    steps = client.call("crm.stage.rule.onboarding", "get_steps")
    return {step["name"]: step["is_done"] for step in steps}


def save_settings(client, **values):
    """Open the settings, change some, and save."""
    id_ = client.create("res.config.settings", values)
    client.call("res.config.settings", "execute", [id_])


def convert(client, lead_id):
    """Convert a lead with the wizard, which creates its customer."""
    context = {"active_model": "crm.lead", "active_id": lead_id, "active_ids": [lead_id]}
    id_ = client.create(WIZARD, {"name": "convert", "action": "create"}, context=context)
    client.call(WIZARD, "action_apply", [id_], context=context)


def convert_selected(client, lead_ids):
    """Convert leads that are selected in the list → the action that the wizard ends with."""
    context = {"active_model": "crm.lead", "active_ids": lead_ids}
    id_ = client.create(f"{WIZARD}.mass", {"name": "convert", "action": "create"}, context=context)
    return client.call(f"{WIZARD}.mass", "action_mass_convert", [id_], context=context)


def _find_ours(client, model):
    """→ ids of the records of a model that the addons have brought."""
    rows = client.call(
        "ir.model.data", "search_read", domain=[OURS, ("model", "=", model)], fields=["res_id"]
    )
    return [row["res_id"] for row in rows]
