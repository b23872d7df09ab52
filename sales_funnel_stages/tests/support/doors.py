"""Every door of Odoo's CRM, for leads that meet nothing."""

from . import door_moves as move
from . import door_starts as start
from .common import CONVERT_UNMET, PROPOSITION_UNMET, QUALIFIED_UNMET, WON_UNMET
from .door import AS_LEAD, CLIENTS, JOB, LEFT_OUT, MANAGERS, NOTHING, REFUSED, SENDERS, Door

QUALIFIED = {"stage": "stage_qualified", "unmet": QUALIFIED_UNMET}
PROPOSITION = {"stage": "stage_proposition", "unmet": PROPOSITION_UNMET}
WON = {"stage": "stage_won", "unmet": WON_UNMET}
CONVERTED = {"unmet": CONVERT_UNMET}
BORN = {"direction": "created"}
SKIPPED = {"direction": "skipped"}
# the stricter team judges where it was asked for
STRICTER = {"of_lax_team": REFUSED, "of_lax_company": REFUSED}
# Odoo moves what becomes an opportunity to the team of its salesperson
TEAM_DERIVED = {"of_lax_team": "arrived", "of_lax_company": "arrived"}

# what meets nothing is stopped here under "enforce"
GATES = [
    Door("create: an opportunity", move.create(), **CONVERTED, **BORN),
    Door("create: in a later stage", move.create(stage_id="stage_qualified"), **QUALIFIED, **BORN),
    Door("create: won", move.create(stage_id="stage_won"), **WON, **BORN),
    Door("create: a won lead", move.create(type="lead", stage_id="stage_won"), **WON, **BORN),
    Door(
        "create: outside the pipeline",
        move.create(stage_id="stage_on_hold"),
        stage="stage_on_hold",
        **CONVERTED,
        **BORN,
    ),
    Door("create: by name, from defaults", move.create_by_default, **QUALIFIED, **BORN),
    Door("kanban: quick create", move.quick_create, **QUALIFIED, **BORN),
    Door("kanban: a card is dropped on a column", move.drop, start.opportunity, **WON, **SKIPPED),
    Door("form: saved with another stage", move.save, start.opportunity, **QUALIFIED),
    Door(
        "form: saved with another type",
        move.write(type="opportunity"),
        start.lead,
        **CONVERTED,
        **TEAM_DERIVED,
    ),
    Door("list: several are edited at once", move.edit_in_list, start.pair, **QUALIFIED),
    Door("list: dragged by the handle", move.drag_by_handle, start.opportunity, **QUALIFIED),
    Door("lines: edited as one of a contact's", move.edit_as_line, start.opportunity, **QUALIFIED),
    Door(
        "stage: one further", move.write(stage_id="stage_qualified"), start.opportunity, **QUALIFIED
    ),
    Door(
        "stage: by the button Advance", move.call("action_advance"), start.opportunity, **QUALIFIED
    ),
    Door(
        "stage: skipping one",
        move.write(stage_id="stage_proposition"),
        start.opportunity,
        **PROPOSITION,
        **SKIPPED,
    ),
    Door(
        "stage: back from on hold",
        move.write(stage_id="stage_qualified"),
        start.parked,
        **QUALIFIED,
        **SKIPPED,
    ),
    Door(
        "stage: restored further on",
        move.write(stage_id="stage_qualified", active=True),
        start.lost,
        **QUALIFIED,
        direction="reopened",
    ),
    Door(
        "stage: won by stage", move.write(stage_id="stage_won"), start.opportunity, **WON, **SKIPPED
    ),
    Door("import: new rows", move.import_new, **QUALIFIED, **BORN, outcome=LEFT_OUT),
    Door(
        "import: rows that update",
        move.import_update,
        start.opportunity,
        **QUALIFIED,
        outcome=LEFT_OUT,
    ),
    Door("XML-RPC", move.call_xml_rpc, start.opportunity, **QUALIFIED, who=CLIENTS),
    Door(
        "JSON-RPC, as the web client",
        move.call_json_rpc,
        start.opportunity,
        **QUALIFIED,
        who=CLIENTS,
    ),
    Door("JSON-2", move.call_json_2, start.opportunity, **QUALIFIED, who=CLIENTS),
    Door("copy", move.copy, start.opportunity, **CONVERTED, **BORN, outcome=AS_LEAD),
    Door(
        "copy: as an opportunity", move.copy_as_opportunity, start.opportunity, **CONVERTED, **BORN
    ),
    Door(
        "convert: method",
        move.call("convert_opportunity", False),
        start.lead,
        **CONVERTED,
        **TEAM_DERIVED,
    ),
    Door(
        "convert: method, from a later stage",
        move.call("convert_opportunity", False),
        start.late_lead,
        **QUALIFIED,
        **TEAM_DERIVED,
    ),
    Door("convert: wizard", move.convert, start.lead, **CONVERTED, **TEAM_DERIVED),
    Door(
        "convert: wizard, with a merge",
        move.convert_and_merge,
        start.duplicate,
        **CONVERTED,
        **TEAM_DERIVED,
    ),
    Door(
        "convert: wizard, merged into a lost one",
        move.convert_and_reopen,
        start.lead_of_lost,
        **PROPOSITION,
        **TEAM_DERIVED,
        direction="reopened",
    ),
    Door(
        "convert: in mass",
        move.convert_in_mass,
        start.lead,
        **CONVERTED,
        **TEAM_DERIVED,
        outcome=LEFT_OUT,
    ),
    Door(
        "merge: takes the stage of the other",
        move.merge,
        start.stageless,
        **PROPOSITION,
        **SKIPPED,
        **TEAM_DERIVED,
    ),
    Door(
        "merge: wizard, takes the stage of the other",
        move.merge_by_wizard,
        start.stageless,
        **PROPOSITION,
        **SKIPPED,
        **TEAM_DERIVED,
    ),
    Door("won", move.call("action_set_won"), start.opportunity, **WON, **SKIPPED),
    Door("won: from the last stage", move.call("action_set_won"), start.advanced, **WON),
    Door(
        "won: with a rainbow",
        move.call("action_set_won_rainbowman"),
        start.opportunity,
        **WON,
        **SKIPPED,
    ),
    Door("won: a lost one", move.call("action_set_won"), start.lost, **WON, **SKIPPED),
    Door("won: a lead", move.call("action_set_won"), start.lead, **WON, **SKIPPED),
    Door(
        "won: the stage becomes a won one",
        move.win_the_stage,
        start.advanced,
        "stage_proposition",
        [name for name in WON_UNMET if name not in ("contract", "customer")],
        who=MANAGERS,
    ),
    Door(
        "won: handed to a team that has no other stage",
        move.move_to_a_team_that_only_wins,
        start.opportunity,
        **WON,
        **STRICTER,
    ),
    Door(
        "lost: with another stage",
        move.call("action_set_lost", stage_id="stage_qualified"),
        start.likely,
        **QUALIFIED,
        direction="lost",
    ),
    Door(
        "e-mail link: won",
        move.follow_link("case_mark_won"),
        start.opportunity,
        **WON,
        **SKIPPED,
        who=CLIENTS,
        outcome=NOTHING,
    ),
    Door(
        "e-mail link: won, a lost one",
        move.follow_link("case_mark_won"),
        start.lost,
        **WON,
        **SKIPPED,
        who=CLIENTS,
        outcome=NOTHING,
    ),
    Door(
        "e-mail link: convert",
        move.follow_link("convert"),
        start.lead,
        **CONVERTED,
        **TEAM_DERIVED,
        who=CLIENTS,
        outcome=NOTHING,
    ),
    Door("server action", move.run_server_action, start.opportunity, **QUALIFIED),
    Door(
        "lead assignment: by button",
        move.assign_by_button,
        start.waiting_lead,
        **CONVERTED,
        who=MANAGERS,
        outcome=LEFT_OUT,
        of_lax_team="no move",
        of_lax_company="passed",
    ),
    Door("lead assignment: by job", move.assign_by_job, start.waiting_lead, **CONVERTED, who=JOB),
    Door("mail gateway", move.receive_email, **QUALIFIED, **BORN, who=SENDERS, outcome=AS_LEAD),
]

PROPOSED = {"stage": "stage_proposition"}
BACK = {"direction": "backward"}
HANDED_OVER = {"direction": "handed_over"}

# nobody is ever stopped here
FREE = [
    Door("create: a lead", move.create(type="lead"), **BORN),
    Door(
        "stage: of a lead",
        move.write(stage_id="stage_proposition"),
        start.lead,
        **PROPOSED,
        **SKIPPED,
    ),
    Door(
        "stage: back",
        move.write(stage_id="stage_qualified"),
        start.advanced,
        "stage_qualified",
        **BACK,
    ),
    Door(
        "stage: back from won", move.write(stage_id="stage_new", probability=10), start.won, **BACK
    ),
    Door(
        "stage: out of the pipeline",
        move.write(stage_id="stage_on_hold"),
        start.advanced,
        "stage_on_hold",
        direction="sideways",
    ),
    Door(
        "stage: none",
        move.write(stage_id=False),
        start.advanced,
        "stage_none",
        direction="sideways",
    ),
    Door(
        "stage: the same",
        move.write(stage_id="stage_proposition"),
        start.advanced,
        **PROPOSED,
        direction=None,
    ),
    Door("back to lead: wizard", move.return_to_lead, start.advanced, **BACK),
    Door("back to lead", move.write(type="lead"), start.advanced, **PROPOSED, **BACK),
    Door("lost", move.call("action_set_lost"), start.advanced, **PROPOSED, direction="lost"),
    Door("lost: a lead", move.call("action_set_lost"), start.lead, direction="lost"),
    Door(
        "lost: wizard, for now",
        move.lose_for_now,
        start.advanced,
        **PROPOSED,
        direction="lost",
    ),
    Door("lost: revisited on the day", move.revisit, start.due, direction="reopened", who=JOB),
    Door(
        "e-mail link: lost",
        move.follow_link("case_mark_lost"),
        start.advanced,
        **PROPOSED,
        direction="lost",
        who=CLIENTS,
    ),
    Door("archive", move.call("action_archive"), start.likely, direction=None),
    Door("archive: at 0 %", move.call("action_archive"), start.opportunity, direction="lost"),
    Door("restore", move.call("action_unarchive"), start.lost, direction="reopened"),
    Door("restore: by button", move.call("action_restore"), start.lost, direction="reopened"),
    Door("probability: 100 %", move.write(probability=100), start.opportunity, direction=None),
    Door(
        "probability: back to automatic",
        move.call("action_set_automated_probability"),
        start.opportunity,
        direction=None,
    ),
    Door(
        "probability: the scoring job",
        move.update_scores,
        start.opportunity,
        direction=None,
        who=JOB,
    ),
    Door(
        "hand over: to a colleague",
        move.write(user_id="manager"),
        start.opportunity,
        direction=None,
        **TEAM_DERIVED,
    ),
    Door("hand over: to nobody", move.write(user_id=False), start.opportunity, direction=None),
    Door(
        "hand over: to a colleague of another team",
        move.write(user_id="stranger"),
        start.advanced,
        **PROPOSED,
        **HANDED_OVER,
        of_lax_team="no move",
    ),
    Door(
        "hand over: to another team",
        move.write(team_id="other_team"),
        start.advanced,
        **PROPOSED,
        **HANDED_OVER,
        of_lax_team="no move",
    ),
    Door(
        "hand over: to no team",
        move.write(team_id=False),
        start.advanced,
        **PROPOSED,
        **HANDED_OVER,
        of_lax_company="no move",
    ),
    Door("hand over: to the team's leader", move.assign_to_leader, start.lead, direction=None),
    Door("merge", move.merge, start.ahead, direction=None, **TEAM_DERIVED),
    Door("merge: wizard", move.merge_by_wizard, start.ahead, direction=None, **TEAM_DERIVED),
    Door("merge: contacts", move.merge_contacts, start.opportunity, direction=None),
    Door(
        "the stage is no won one any more",
        move.unwin_the_stage,
        start.won,
        "stage_won",
        **BACK,
        who=MANAGERS,
    ),
    Door(
        "the stage becomes another team's",
        move.take_the_stage_from_the_team,
        start.advanced,
        **PROPOSED,
        direction=None,
        who=MANAGERS,
    ),
    Door(
        "the team is deleted",
        move.delete_the_team,
        start.advanced,
        **PROPOSED,
        **HANDED_OVER,
        who=MANAGERS,
        is_past_orm=True,
        of_lax_company="no move",
    ),
    Door(
        "delete",
        move.call("unlink"),
        start.opportunity,
        "stage_none",
        direction="deleted",
        who=MANAGERS,
        is_past_orm=True,
    ),
]

DOORS = [*GATES, *FREE]
