"""What Odoo's other addons do to leads: ways to enter a door (see ``door``)."""

import json

from odoo.fields import Command, Datetime

from odoo.addons.sales_funnel_stages.exceptions import StageRuleError
from odoo.addons.sales_funnel_stages.tests.support.door_moves import log_in


def new_lead(test):
    """Return the lead that was made last."""
    return test.env["crm.lead"].search([], order="id desc", limit=1)


# ----------------------------------------------------------------------
# Website
# ----------------------------------------------------------------------


def send_form(use_leads):
    """Return a door's ``enter`` that fills in the contact form, for a team with leads or without.

    A visitor does, over the network; Odoo takes it in as OdooBot.
    """

    def enter(test, _lead):
        test.team.use_leads = use_leads
        test.team.is_free_start = False
        test.website.crm_default_team_id = test.team
        test.authenticate(None, None)
        test.env.flush_all()
        response = test.url_open(
            "/website/form/crm.lead",
            data={
                "name": test.door,
                "contact_name": "Ada",
                "email_from": "ada@acme.example.com",
                "description": "Forty seats, please",
            },
        )
        test.env.invalidate_all()
        return test.env["crm.lead"].browse(json.loads(response.text)["id"])

    return enter


# ----------------------------------------------------------------------
# Resellers
# ----------------------------------------------------------------------


def call(method, *args, **kwargs):
    """Return a door's ``enter`` that calls a method of the record as the portal's pages do."""

    def enter(test, record):
        log_in(test)
        answer = test.call(method, record.ids, *args, **kwargs)
        if "error" in answer:
            raise StageRuleError(answer["error"]["data"]["message"], [])
        return record

    return enter


def update_stage(test, record):
    return call("update_stage_from_portal", test.stage_qualified.id)(test, record)


def make_opportunity(test, _lead):
    # Odoo gives it to the first team, since a reseller is in none
    test.team.sequence = -1
    log_in(test)
    answer = test.call(
        "create_opp_portal", {"title": test.door, "contact_name": "Ada", "description": "Seats"}
    )
    return test.env["crm.lead"].browse(answer["result"]["id"])


def forward(test, record):
    """Forward it to a reseller, whose salesperson gets it."""
    wizard = (
        test.acting["crm.lead.forward.to.partner"]
        .with_context(active_ids=record.ids, default_composition_mode="forward")
        .create({"forward_type": "single", "partner_id": test.portal.partner_id.id})
    )
    wizard.action_forward()
    return record


# ----------------------------------------------------------------------
# Live chat
# ----------------------------------------------------------------------


def chat(test):
    channel = test.env["im_livechat.channel"].create({"name": "Chat"})
    operator = test.acting.user.partner_id
    return test.env["discuss.channel"].create(
        {
            "name": "Visitor",
            "channel_type": "livechat",
            "livechat_channel_id": channel.id,
            "livechat_operator_id": operator.id,
            "channel_member_ids": [Command.create({"partner_id": operator.id})],
        }
    )


def type_command(test, _lead):
    chat(test).with_env(test.acting).execute_command_lead(body=f"/lead {test.door}")
    return new_lead(test)


def talk_to_bot(test, _lead):
    test.team.use_leads = test.team.is_free_start = False
    script = test.env["chatbot.script"].create(
        {
            "title": test.door,
            "script_step_ids": [
                Command.create(
                    {
                        "step_type": "create_lead",
                        "message": "Thank you",
                        "crm_team_id": test.team.id,
                    }
                )
            ],
        }
    )
    script.script_step_ids.with_env(test.acting)._process_step(chat(test).with_env(test.acting))
    return new_lead(test)


# ----------------------------------------------------------------------
# Sales
# ----------------------------------------------------------------------


def sell(test, record):
    record.partner_id = test.customer
    order = test.acting["sale.order"].create(
        {
            "partner_id": test.customer.id,
            "opportunity_id": record.id,
            "order_line": [Command.create({"product_id": test.product.id, "price_unit": 50})],
        }
    )
    order.action_confirm()
    return record


# ----------------------------------------------------------------------
# Documents that make leads
# ----------------------------------------------------------------------


def register(test, _lead):
    """Register somebody for an event that makes opportunities of its visitors."""
    event = test.env["event.event"].create(
        {
            "name": "Fair",
            "date_begin": Datetime.now(),
            "date_end": Datetime.add(Datetime.now(), days=1),
        }
    )
    test.env["event.lead.rule"].create(
        {
            "name": "Visitors",
            "lead_creation_basis": "attendee",
            "lead_creation_trigger": "create",
            "lead_type": "opportunity",
            "lead_sales_team_id": test.team.id,
            "lead_user_id": False,
        }
    )
    registration = (
        test.acting["event.registration"]
        .sudo()
        .create({"event_id": event.id, "name": test.door, "email": "ada@acme.example.com"})
    )
    return registration.lead_ids.with_env(test.env)


def answer_survey(test, _lead):
    """Give an answer that makes an opportunity."""
    survey = test.env["survey.survey"].create({"title": test.door, "team_id": test.team.id})
    question = test.env["survey.question"].create(
        {
            "survey_id": survey.id,
            "title": "Do you buy?",
            "question_type": "simple_choice",
            "suggested_answer_ids": [Command.create({"value": "Yes", "generate_lead": True})],
        }
    )
    answers = test.acting["survey.user_input"].sudo().create({"survey_id": survey.id})
    answers.user_input_line_ids = [
        Command.create(
            {
                "question_id": question.id,
                "answer_type": "suggestion",
                "suggested_answer_id": question.suggested_answer_ids.id,
            }
        )
    ]
    answers._mark_done()
    return answers.lead_id.with_env(test.env)


def mine(test, _lead):
    """Let lead mining make opportunities of what it has found (and what was paid for)."""
    request = test.acting["crm.iap.lead.mining.request"].create(
        {"name": test.door, "lead_type": "opportunity", "team_id": test.team.id}
    )
    request._create_leads_from_response(
        [{"name": test.door, "duns": "123", "country_code": "BE", "email": "ada@acme.example.com"}]
    )
    return new_lead(test)


# ----------------------------------------------------------------------
# Automation
# ----------------------------------------------------------------------


def automate(test, **values):
    """Make an automation rule that moves leads to the second stage."""
    lead_model_id = test.env["ir.model"]._get_id("crm.lead")
    rule = test.env["base.automation"].create(
        {
            "name": "To Qualified",
            "model_id": lead_model_id,
            "action_server_ids": [
                Command.create(
                    {
                        "name": "To Qualified",
                        "model_id": lead_model_id,
                        "state": "object_write",
                        "evaluation_type": "value",
                        "update_path": "stage_id",
                        "resource_ref": f"crm.stage,{test.stage_qualified.id}",
                        "usage": "base_automation",
                    }
                )
            ],
            **values,
        }
    )
    return rule


def to_be_changed(test):
    """Return an opportunity, and let an automation rule wait for a change of it."""
    automate(
        test,
        trigger="on_create_or_write",
        filter_domain="[('priority', '=', '3')]",
        trigger_field_ids=[Command.set(test.env.ref("crm.field_crm_lead__priority").ids)],
    )
    return test.make_opportunity(test.door)


def change(_test, record):
    record.priority = "3"
    return record


def to_grow_old(test):
    """Return an opportunity of which the time has come for an automation rule."""
    record = test.make_opportunity(test.door)
    rule = automate(
        test,
        trigger="on_time",
        filter_domain=f"[('id', '=', {record.id})]",
        trg_date_id=test.env.ref("crm.field_crm_lead__date_open").id,
        trg_date_range=1,
        trg_date_range_type="hour",
        trg_date_range_mode="after",
    )
    record.with_env(test.env).date_open = Datetime.add(Datetime.now(), hours=-2)
    rule.last_run = Datetime.add(Datetime.now(), hours=-3)
    return record


def run_scheduler(test, record):
    test.acting.ref("base_automation.ir_cron_data_base_automation_check").method_direct_trigger()
    return record
