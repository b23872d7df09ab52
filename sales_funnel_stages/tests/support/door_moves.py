"""Ways to move a lead: what a door does as ``test.acting`` (see ``door``)."""

from xmlrpc.client import Fault

from odoo.fields import Command, Date

from ...exceptions import StageRuleError


def resolve(test, values):
    """Return values in which names of the fixture's records have become their ids."""
    return {
        name: getattr(test, value).id if name.endswith("_id") and isinstance(value, str) else value
        for name, value in values.items()
    }


def create(**values):
    """Return a door's ``enter`` that creates a record."""

    def enter(test, _lead):
        model = test.acting["crm.lead"]
        base = {"name": test.door, "type": "opportunity", "team_id": test.team.id}
        return model.create({**base, **resolve(test, values)})

    return enter


def create_by_default(test, _lead):
    model = test.acting["crm.lead"].with_context(
        default_type="opportunity",
        default_team_id=test.team.id,
        default_stage_id=test.stage_qualified.id,
    )
    return model.browse(model.name_create(test.door)[0])


def quick_create(test, _lead):
    """Save the form of a kanban column, as the web client does."""
    model = test.acting["crm.lead"].with_context(
        default_type="opportunity",
        default_team_id=test.team.id,
        default_stage_id=test.stage_qualified.id,
    )
    [saved] = model.web_save({"name": test.door, "partner_id": False}, {"id": {}})
    return model.browse(saved["id"])


def call(method, *args, **values):
    """Return a door's ``enter`` that calls a method of the record."""

    def enter(test, record):
        getattr(record, method)(*args, **resolve(test, values))
        return record

    return enter


def write(**values):
    """Return a door's ``enter`` that writes on the record."""

    def enter(test, record):
        record.write(resolve(test, values))
        return record

    return enter


def save(test, record):
    """Save the form, as the web client does."""
    record.web_save({"stage_id": test.stage_qualified.id, "priority": "1"}, {"stage_id": {}})
    return record


def drop(test, record):
    """Drop a card on another column of the kanban, as the web client does."""
    record.with_context(default_type="opportunity").web_save(
        {"stage_id": test.stage_won.id}, {"display_name": {}, "stage_id": {}}
    )
    return record


def edit_in_list(test, record):
    both = record + test.twin.with_env(test.acting)
    both.web_save_multi([{"stage_id": test.stage_qualified.id}] * 2, {})
    return record


def drag_by_handle(test, record):
    record.web_resequence({}, field_name="stage_id", offset=test.stage_qualified.id)
    return record


def edit_as_line(test, record):
    """Edit it as a line of its customer."""
    test.customer.with_env(test.acting).sudo().write(
        {"opportunity_ids": [Command.update(record.id, {"stage_id": test.stage_qualified.id})]}
    )
    return record


def copy(test, record):
    return record.copy({"name": test.door})


def copy_as_opportunity(test, record):
    return record.copy({"name": test.door, "type": "opportunity"})


def load(test, names, row):
    result = test.acting["crm.lead"].load(names, [row])
    test.said = "\n".join(message["message"] for message in result["messages"])
    return result["ids"]


def import_new(test, _lead):
    names = ["name", "type", "team_id/.id", "stage_id/.id"]
    ids = load(
        test, names, [test.door, "opportunity", str(test.team.id), str(test.stage_qualified.id)]
    )
    return test.acting["crm.lead"].browse(ids or [])


def import_update(test, record):
    load(test, [".id", "stage_id/.id"], [str(record.id), str(test.stage_qualified.id)])
    return record


def wizard(test, model, record, **values):
    return (
        test.acting[model]
        .with_context(active_model="crm.lead", active_id=record.id, active_ids=record.ids)
        .create(values)
    )


def convert(test, record):
    wizard(
        test,
        "crm.lead2opportunity.partner",
        record,
        name="convert",
        action="exist",
        partner_id=False,
    ).action_apply()
    return record


def convert_and_merge(test, record, **choices):
    leads = record + test.twin
    wizard(
        test,
        "crm.lead2opportunity.partner",
        record,
        name="merge",
        duplicated_lead_ids=[Command.set(leads.ids)],
        **choices,
    ).action_apply()
    return leads.exists()


def convert_and_reopen(test, record):
    """Merge a lead into what was lost, which is open again by that."""
    return convert_and_merge(test, record, force_assignment=False)


def convert_in_mass(test, record):
    mass = wizard(
        test,
        "crm.lead2opportunity.partner.mass",
        record,
        name="convert",
        action="each_exist_or_create",
        deduplicate=False,
    )
    mass.action_mass_convert()
    test.said = "\n".join(f"{each.lead_id.name}: {each.reason}" for each in mass.skipped_ids)
    return record


def lose_for_now(test, record):
    wizard(
        test,
        "crm.lead.lost",
        record,
        lead_ids=[Command.set(record.ids)],
        revisit_date=Date.add(Date.today(), days=30),
    ).action_lost_reason_apply()
    return record


def revisit(test, record):
    test.acting.ref("sales_funnel_stages.ir_cron_revisit").method_direct_trigger()
    return record


def return_to_lead(test, record):
    wizard(
        test,
        "crm.lead.return",
        record,
        lead_ids=[Command.set(record.ids)],
        reason="They are not ready",
    ).action_return()
    return record


def merge(test, record):
    return (record + test.twin.with_env(test.acting)).merge_opportunity()


def merge_by_wizard(test, record):
    leads = record + test.twin
    wizard(
        test, "crm.merge.opportunity", leads[:1], opportunity_ids=[Command.set(leads.ids)]
    ).action_merge()
    return record


def merge_contacts(test, record):
    twin = test.customer.copy({"name": "Acme again", "email": test.customer.email})
    record.sudo().partner_id = twin
    test.acting["base.partner.merge.automatic.wizard"].sudo()._merge(
        (test.customer + twin).ids, test.customer, extra_checks=False
    )
    return record


def win_the_stage(test, record):
    record.stage_id.with_env(test.acting).is_won = True
    return record


def unwin_the_stage(test, record):
    record.stage_id.with_env(test.acting).is_won = False
    return record


def take_the_stage_from_the_team(test, record):
    record.stage_id.with_env(test.acting).team_ids = test.other_team
    return record


def move_to_a_team_that_only_wins(test, record):
    stages = test.stage_new + test.stage_qualified + test.stage_proposition + test.stage_on_hold
    stages.team_ids = test.team
    test.other_team.stage_rule_policy = test.team.stage_rule_policy
    record.team_id = test.other_team
    return record


def delete_the_team(test, record):
    record.team_id.with_env(test.acting).unlink()
    test.env.invalidate_all()
    return record


def run_server_action(test, record):
    action = test.env["ir.actions.server"].create(
        {
            "name": "To Qualified",
            "model_id": test.env["ir.model"]._get_id("crm.lead"),
            "state": "object_write",
            "evaluation_type": "value",
            "update_path": "stage_id",
            "resource_ref": f"crm.stage,{test.stage_qualified.id}",
        }
    )
    action.with_env(test.acting).with_context(
        active_model="crm.lead", active_id=record.id, active_ids=record.ids
    ).run()
    return record


def assign_by_button(test, record):
    action = test.team.with_env(test.acting).action_assign_leads()
    test.said = str(action["params"]["message"])
    return record


def assign_by_job(test, record):
    test.acting["crm.team"]._cron_assign_leads(force_quota=True)
    return record


def assign_to_leader(test, record):
    test.team.user_id = test.manager
    record.user_id = False
    record._assign_userless_lead_in_team("a test")
    return record


def update_scores(test, record):
    test.acting["crm.lead"].sudo()._cron_update_automated_probabilities()
    return record


def receive_email(test, _lead):
    """Let an e-mail of the user, or of a customer, come in at the team's address."""
    user = test.acting.user
    author = test.customer if user == test.odoobot else user.partner_id
    lead_id = test.env["mail.thread"].message_process(
        "crm.lead",
        f"From: {author.email_formatted}\nTo: {test.team.alias_id.display_name}\n"
        f"Subject: {test.door}\nMessage-Id: <{author.id}.funnel>\n\nHow much would it be?\n",
    )
    return test.env["crm.lead"].browse(lead_id)


# ----------------------------------------------------------------------
# Over the network
# ----------------------------------------------------------------------


def log_in(test):
    test.authenticate(test.acting.user.login, test.acting.user.login)


def follow_link(action):
    """Return a door's ``enter`` that follows a link of crm's e-mails."""

    def enter(test, record):
        log_in(test)
        test.follow_link(record, action)
        return record

    return enter


def call_json_rpc(test, record):
    log_in(test)
    answer = test.call("write", record.ids, {"stage_id": test.stage_qualified.id})
    if "error" in answer:
        raise StageRuleError(answer["error"]["data"]["message"], [])
    return record


def call_json_2(test, record):
    response = test.call_json_2(
        test.acting.user, "write", record.ids, vals={"stage_id": test.stage_qualified.id}
    )
    if response.status_code != 200:
        raise StageRuleError(response.json()["message"], [])
    return record


def call_xml_rpc(test, record):
    try:
        test.call_xml_rpc(
            test.acting.user, "write", record.ids, {"stage_id": test.stage_qualified.id}
        )
    except Fault as fault:
        raise StageRuleError(fault.faultString, []) from fault
    return record
