"""What does not fit in the ledger, in SQL: of each check, ``lead_ref`` and ``row_id``.

Each reads tables once, whatever the number of leads.
"""

from ....tools.completeness import HISTORY
from ....tools.transition import DELETED
from ..counted import MERGED, is_marked
from .content import MOVING, REFERENCES
from .seal import RANGES, UNSEALED

COMPLETENESS, CHAIN, ORDER, REFERENCE, SEAL, KEPT_SEAL = (
    *("completeness", "chain", "order", "reference", "seal", "kept_seal"),
)

# What rows say now does not lead to their hash, or the row before is another one. Hashing is what
# takes long: OFFSET lets the database do it before it sorts, by several processes.
BROKEN_CHAINS = """
    SELECT lead_ref, id AS row_id
      FROM (
               SELECT id, lead_ref, hash, digest, LAG(hash) OVER history AS previous
                 FROM (
                          SELECT t.id, t.lead_ref, t.hash, crm_stage_transition_digest(t) AS digest
                            FROM crm_stage_transition AS t
                          OFFSET 0
                      ) AS row
               WINDOW history AS (PARTITION BY lead_ref ORDER BY id)
           ) AS row
     WHERE hash IS DISTINCT FROM crm_stage_transition_link(previous, digest)
"""
# A minute: where transactions begin at the same time, the later one may be the first to begin.
DATES = """
    SELECT lead_ref, row_id
      FROM (
               SELECT lead_ref, id AS row_id, date,
                      LAG(date) OVER (PARTITION BY lead_ref ORDER BY id) AS before
                 FROM crm_stage_transition
           ) AS row
     WHERE date < before - INTERVAL '1 minute'
        OR date > now() AT TIME ZONE 'UTC' + INTERVAL '1 minute'
"""
# Rows of a lead are added one after the other, so that none comes later before one that is sealed.
BEHIND_SEALS = f"""
    WITH unsealed AS MATERIALIZED ({UNSEALED})
    SELECT lead_ref, id AS row_id
      FROM unsealed AS row
     WHERE EXISTS (
               SELECT FROM crm_stage_transition AS later
                WHERE later.lead_ref = row.lead_ref AND later.id > row.id
                  AND later.id NOT IN (SELECT id FROM unsealed)
           )
"""
# What happened a day before a seal is in it, or in one before: a transaction does not take a day.
BEFORE_SEALS = f"""
    WITH sealing AS (
        SELECT id, (
                   SELECT max(date) FROM crm_stage_seal AS before WHERE before.date < seal.date
               ) AS before
          FROM crm_stage_seal AS seal
    )
    SELECT row.lead_ref, row.id AS row_id
      FROM sealing
      JOIN ({RANGES}) AS range ON range.seal_id = sealing.id
      JOIN crm_stage_transition AS row ON row.id BETWEEN range.first_id AND range.last_id
     WHERE row.date < sealing.before - INTERVAL '1 day'
       AND row.is_imported IS NOT TRUE AND row.is_reconstructed IS NOT TRUE
 UNION ALL
    SELECT lead_ref, id
      FROM ({UNSEALED}) AS row
     WHERE date < (SELECT max(date) FROM crm_stage_seal) - INTERVAL '1 day'
       AND is_imported IS NOT TRUE AND is_reconstructed IS NOT TRUE
"""


def _then(name):
    """Return to which record a row referred when it was added, in SQL."""
    return f"(row.frozen_ids->>{[*REFERENCES].index(name)})::int"


def _has_other_reference(name, table):
    """Return whether a row refers to another record than when it was added, in SQL.

    To none it may refer where that is deleted; or, from a deleted stage on, to what is kept of it.
    """
    then = _then(name)
    other = f"row.{name} <> {then}" if name in MOVING else f"row.{name} IS DISTINCT FROM {then}"
    return f"""(
        {other} AND (row.{name} IS NOT NULL OR EXISTS (SELECT FROM {table} WHERE id = {then}))
    )"""


def _has_other_past_stage(prefix):
    """Return whether a row refers to what is kept of another deleted stage than its own, in SQL.

    Or to nothing, where its own is kept. Of what was deleted before there were numbers, a stage is
    known by the name.
    """
    stage = f"row.{prefix}_stage_id"
    past = f"row.{prefix}_past_stage_id"
    then = _then(f"{prefix}_stage_id")
    return f"""(
        {past} IS DISTINCT FROM {_then(f"{prefix}_past_stage_id")}
        AND EXISTS (
            SELECT FROM crm_stage_past AS past
             WHERE past.id = {past}
               AND ({stage} IS NOT NULL
                    OR CASE WHEN past.stage_ref IS NULL
                            THEN past.name->>'en_US' IS DISTINCT FROM row.{prefix}_stage_name
                            ELSE past.stage_ref IS DISTINCT FROM {then} END)
        )
        OR {past} IS NULL AND {stage} IS NULL
        AND EXISTS (SELECT FROM crm_stage_past AS past WHERE past.stage_ref = {then})
    )"""


# Most rows refer to what they always have, which is soon told.
OTHER_REFERENCES = """
    SELECT lead_ref, id AS row_id
      FROM crm_stage_transition AS row
     WHERE frozen_ids - 0 IS DISTINCT FROM jsonb_build_array({names})
       AND ({others})
""".format(
    names=", ".join(name for name in REFERENCES if name != "lead_id"),
    others=" OR ".join(
        [
            *(
                _has_other_reference(name, table)
                for name, table in REFERENCES.items()
                if name != "lead_id"
            ),
            *map(_has_other_past_stage, ("from", "to")),
        ]
    ),
)
# Rows belong to the lead whose steps they are; when it is merged, to the one that is left, and when
# that is merged or deleted, to whichever its rows belong. One that was merged may be there still,
# or may have gone on and be deleted: what it did before stays with the one that is left.
OTHER_LEADS = f"""
    SELECT row.lead_ref, row.id AS row_id
      FROM crm_stage_transition AS row
 LEFT JOIN crm_lead AS own ON own.id = row.lead_ref
 LEFT JOIN LATERAL (
               SELECT (last.frozen_ids->>0)::int AS id, last.direction
                 FROM crm_stage_transition AS last
                WHERE last.lead_ref = row.lead_ref
             ORDER BY last.id DESC
                LIMIT 1
           ) AS heir ON own.id IS NULL
 LEFT JOIN crm_lead AS left_over ON left_over.id = heir.id
     WHERE row.lead_id IS DISTINCT FROM row.lead_ref
       AND NOT (
               (own.id IS NOT NULL OR heir.direction = '{DELETED}')
               AND {is_marked(MERGED) % {"row": "row"}}
           )
       AND row.lead_id IS DISTINCT FROM COALESCE(own.id, left_over.id, (
               SELECT of_heir.lead_id FROM crm_stage_transition AS of_heir
                WHERE of_heir.lead_ref = heir.id LIMIT 1
           ))
        OR row.lead_id = row.lead_ref AND own.id IS NULL
"""
SEALS = f"""
    SELECT seal.id
      FROM (
               SELECT *, LAG(id) OVER history AS last_id, LAG(hash) OVER history AS last_hash
                 FROM crm_stage_seal
               WINDOW history AS (ORDER BY id)
           ) AS seal
 LEFT JOIN LATERAL (
               SELECT count(*)::int AS row_count,
                      sha256(convert_to(
                          COALESCE(string_agg(COALESCE(row.hash, ''), '' ORDER BY row.id), ''),
                          'UTF8'
                      )) AS digest
                 FROM ({RANGES}) AS range
                 JOIN crm_stage_transition AS row
                   ON row.id BETWEEN range.first_id AND range.last_id
                WHERE range.seal_id = seal.id
           ) AS sealed ON TRUE
     WHERE seal.previous_id IS DISTINCT FROM seal.last_id
        OR seal.row_count <> sealed.row_count
        OR seal.hash IS DISTINCT FROM crm_stage_seal_link(
               last_hash, seal.date, seal.row_count, seal.row_ranges, sealed.digest
           )
  ORDER BY seal.id
"""
IS_ASTRAY, IS_TORN = HISTORY.values()
#: {kind: the queries that find what does not fit}, of rows
OF_ROWS = {
    CHAIN: (BROKEN_CHAINS,),
    ORDER: (DATES, BEHIND_SEALS, BEFORE_SEALS),
    REFERENCE: (OTHER_REFERENCES, OTHER_LEADS),
    COMPLETENESS: (IS_TORN, IS_ASTRAY),
}
# Three million rows are worth several processes, and memory to sort them.
SETTINGS = """
    SET LOCAL parallel_setup_cost = 0;
    SET LOCAL parallel_tuple_cost = 0;
    SET LOCAL work_mem = '64MB'
"""
# the first of each lead
FIRST = """
    SELECT DISTINCT ON (lead_ref) lead_ref, row_id
      FROM (%(found)s) AS found
  ORDER BY lead_ref, row_id
     LIMIT %(limit)s
"""
