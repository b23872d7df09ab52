"""Every door of Odoo's other addons, for leads that meet nothing."""

from odoo.addons.sales_funnel_stages.tests.support import door_starts as start
from odoo.addons.sales_funnel_stages.tests.support.common import CONVERT_UNMET, QUALIFIED_UNMET
from odoo.addons.sales_funnel_stages.tests.support.door import (
    AS_LEAD,
    JOB,
    MANAGER,
    ODOOBOT,
    PORTAL,
    REP,
    REP_SUDO,
    VISITOR,
    Actor,
    Door,
    Who,
)

from . import moves_of_others as move

RESELLER = Actor("portal")
OPERATORS = Who("operators", [REP, MANAGER])
SALESPEOPLE = Who("salespeople", [REP, MANAGER])
MINERS = Who("sales managers", [MANAGER])
RESELLERS = Who("resellers", [RESELLER])
RESELLERS_AND_PEOPLE = Who("resellers, people over the network", [RESELLER, REP, MANAGER])
VISITORS = Who("visitors", [VISITOR])
CUSTOMERS = Who("visitors, customers", [VISITOR, PORTAL])
EVERYBODY = Who("people, visitors, customers", [REP_SUDO, VISITOR, PORTAL])
CHANGERS = Who("whose change triggers it", [REP, REP_SUDO, MANAGER, ODOOBOT, PORTAL, VISITOR])

BORN = {"unmet": CONVERT_UNMET, "direction": "created"}
QUALIFIED = {"unmet": QUALIFIED_UNMET, "stage": "stage_qualified"}

# what meets nothing is stopped here under "enforce"
GATES = [
    Door(
        "base_automation: a rule on a change",
        move.change,
        move.to_be_changed,
        **QUALIFIED,
        who=CHANGERS,
    ),
    Door(
        "base_automation: a rule on a schedule",
        move.run_scheduler,
        move.to_grow_old,
        **QUALIFIED,
        who=JOB,
    ),
    Door(
        "crm_iap_mine: opportunities are mined",
        move.mine,
        **BORN,
        who=MINERS,
        outcome=AS_LEAD,
    ),
    Door("crm_livechat: a bot makes an opportunity", move.talk_to_bot, **BORN, who=CUSTOMERS),
    Door(
        "event_crm: a registration makes an opportunity",
        move.register,
        **BORN,
        who=EVERYBODY,
        outcome=AS_LEAD,
    ),
    Door(
        "survey_crm: an answer makes an opportunity",
        move.answer_survey,
        **BORN,
        who=EVERYBODY,
        outcome=AS_LEAD,
    ),
    Door(
        "website_crm: the contact form makes an opportunity",
        move.send_form(use_leads=False),
        **BORN,
        who=VISITORS,
    ),
    Door(
        "website_crm_partner_assign: a lead is accepted",
        move.call("partner_interested"),
        start.lead,
        unmet=CONVERT_UNMET,
        who=RESELLERS_AND_PEOPLE,
        of_lax_team="arrived",
        of_lax_company="arrived",
    ),
    Door(
        "website_crm_partner_assign: the stage is changed",
        move.update_stage,
        start.opportunity,
        **QUALIFIED,
        who=RESELLERS_AND_PEOPLE,
    ),
    Door(
        "website_crm_partner_assign: an opportunity is made",
        move.make_opportunity,
        **BORN,
        who=RESELLERS,
    ),
]

# nobody is ever stopped here
FREE = [
    Door("crm_livechat: the command /lead", move.type_command, direction="created", who=OPERATORS),
    Door(
        "sale_crm: a quotation is confirmed",
        move.sell,
        start.opportunity,
        direction=None,
        who=SALESPEOPLE,
    ),
    Door(
        "website_crm: the contact form makes a lead",
        move.send_form(use_leads=True),
        direction="created",
        who=VISITORS,
    ),
    Door(
        "website_crm_partner_assign: a lead is declined",
        move.call("partner_desinterested"),
        start.lead,
        direction=None,
        who=RESELLERS,
    ),
    Door(
        "website_crm_partner_assign: a lead is forwarded",
        move.forward,
        start.lead,
        direction=None,
        who=SALESPEOPLE,
        of_lax_team="passed",
        of_lax_company="passed",
    ),
    Door(
        "website_crm_partner_assign: an opportunity is updated",
        move.call(
            "update_lead_portal",
            {
                "expected_revenue": 100,
                "probability": 100,
                "priority": "1",
                "date_deadline": False,
                "activity_date_deadline": False,
            },
        ),
        start.opportunity,
        direction=None,
        who=RESELLERS,
    ),
]

DOORS = [*GATES, *FREE]
