from odoo import SUPERUSER_ID, api

from odoo.addons.sales_funnel_stages.models.rules.criterion import DOMAIN_ERRORS

# the shipped criteria that compare a day with today, as they have been until 19.0.4.2.0
SHIPPED = [
    ("bant_timeframe", "[('purchase_date', '<=', 'today +6m')]"),
    ("bant_contact", "[('first_contact_date', '<=', 'today')]"),
    (
        "bant_relationship",
        "['|', '&', ('contact_role', 'in', ['decision_maker', 'buyer']), "
        "('first_contact_date', '<=', 'today'), ('stakeholder_ids', 'any', "
        "[('is_key_contact', '=', True), ('relationship', 'in', ['engaged', 'champion'])])]",
    ),
    (
        "bant_relationship",
        "['|', ('stakeholder_ids', 'any', "
        "[('is_key_contact', '=', True), ('relationship', 'in', ['engaged', 'champion'])]), "
        "'&', ('contact_role', 'in', ['decision_maker', 'buyer']), "
        "('first_contact_date', '<=', 'today')]",
    ),
    ("bant_engagement", "[('engagement_date', '<=', 'today')]"),
    ("gpctba_timeline", "[('purchase_date', '<=', 'today +12m')]"),
    (
        "meddpicc_economic_buyer",
        "['|', '&', ('contact_role', '=', 'decision_maker'), "
        "('first_contact_date', '<=', 'today'), ('stakeholder_ids', 'any', "
        "[('role', '=', 'decision_maker'), ('relationship', 'in', ['engaged', 'champion'])])]",
    ),
]


def migrate(cr, version):
    """Let shipped criteria hold for whoever's today; let what nobody follows hold no stage.

    Both came while 19.0.4.3.0 was being made, and databases have that version from before.
    """
    env = api.Environment(cr, SUPERUSER_ID, {})
    for name, shipped in SHIPPED:
        criterion = env.ref(f"sales_funnel_stages.criterion_{name}", raise_if_not_found=False)
        # what somebody has edited is theirs
        if criterion and _is_same(criterion, shipped):
            criterion.domain = shipped.replace("'today", "'today +1d")
    env["crm.qualification.criterion"].search([])._derive_domain()
    env["crm.qualification.framework"]._release_stages()


def _is_same(criterion, shipped):
    try:
        return criterion._parse_domain(criterion.domain) == criterion._parse_domain(shipped)
    except DOMAIN_ERRORS:
        return False
