"""What the stage rules have had to say of a million leads: what was met, and what was held back.

Added to a database with the addon, whose ledger was made of what Odoo had tracked.
"""

from odoo.api import SUPERUSER_ID, Environment
from odoo.modules.registry import Registry
from odoo.tools import SQL

OPPORTUNITIES = 300_000
REFUSALS = 100_000

# of each criterion, whether it was met is as if by chance
RECEIPTS = """
    UPDATE crm_stage_transition AS step
       SET verdict = 'passed',
           receipt = (
               SELECT jsonb_agg(jsonb_build_object(
                          'id', id, 'name', name, 'tier', 'required',
                          'met', MOD(step.lead_ref * (place + 7), 11) < 7
                      ))
                 FROM unnest(%(ids)s::int[], %(names)s::text[]) WITH ORDINALITY
                   AS criterion (id, name, place)
           )
      FROM (SELECT id
              FROM crm_stage_transition
             WHERE from_type = 'lead' AND to_type = 'opportunity'
             ORDER BY id
             LIMIT %(count)s) AS chosen
     WHERE step.id = chosen.id
 RETURNING step.id
"""
REFUSED = """
    WITH refused AS (
        INSERT INTO crm_stage_refusal (
            lead_id, lead_ref, lead_name, date, team_id, user_id, stage_id, is_conversion, policy
        )
        SELECT lead_id, lead_ref, lead_name, date - MOD(lead_ref, 9) * INTERVAL '1 day', team_id,
               user_id, to_stage_id, from_type = 'lead', 'enforce'
          FROM crm_stage_transition
         WHERE to_type = 'opportunity' AND to_status = 'open'
         ORDER BY MOD(lead_ref, 101), id
         LIMIT %(count)s
     RETURNING id
    )
    INSERT INTO crm_qualification_criterion_crm_stage_refusal_rel (
        crm_stage_refusal_id, crm_qualification_criterion_id
    )
    SELECT refused.id, (%(ids)s::int[])[1 + MOD(refused.id + place * 4, %(size)s)]
      FROM refused, generate_series(1, 3) AS place
 RETURNING 1
"""


def fill(database):
    """Make receipts and held-back moves."""
    with Registry(database).cursor() as cr:
        env = Environment(cr, SUPERUSER_ID, {})
        criteria = env.ref("sales_funnel_stages.framework_bant").criterion_ids
        values = {"ids": criteria.ids, "names": criteria.mapped("name"), "size": len(criteria)}
        env.execute_query(SQL(RECEIPTS, count=OPPORTUNITIES, **values))
        env.execute_query(SQL(REFUSED, count=REFUSALS, **values))
