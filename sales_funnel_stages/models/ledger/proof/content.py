"""What of a row of the ledger is frozen, and how it is hashed: in SQL, and here alone.

Functions of the database that are made of it add rows, chain those of before, and verify them. A
hash names by ``hash_version`` which columns it is made of: who adds a column to what is frozen adds
a version, and leaves those of before as they are. JSON says the same whatever the settings of a
session are.
"""

#: the version of what is added now
VERSION = 1

#: {version: columns}, as they are
COLUMNS = {
    1: (
        *("hash_version", "id", "lead_ref", "date", "kind", "direction"),
        *("from_type", "from_status", "from_stage_name", "from_team_name"),
        *("to_type", "to_status", "to_stage_name", "team_name"),
        *("lost_reason_name", "seconds_in_previous", "expected_revenue", "is_to_laxer_team"),
        *("verdict", "policy", "rules_version", "receipt", "make_good_date"),
        *("is_reconstructed", "is_imported", "is_gap"),
        *("probability", "automated_probability", "date_deadline", "next_activity_date"),
        *("stakeholder_count", "engaged_stakeholder_count"),
        # the numbers of what the row refers to, which outlive the references
        "frozen_ids",
    )
}
#: {version: columns with texts about people}: hashed one by one, each with a salt of its own, so
#: that one can be erased. ``salts`` has the salt of each; once it is erased, what it was hashed to
TEXTS = {1: ("lead_name", "reason", "met_by", "by_user_name", "user_name", "approver_name")}
#: {column: table that it refers to}, in the order of ``frozen_ids``
REFERENCES = {
    "lead_id": "crm_lead",
    "from_stage_id": "crm_stage",
    "to_stage_id": "crm_stage",
    "from_past_stage_id": "crm_stage_past",
    "to_past_stage_id": "crm_stage_past",
    "by_user_id": "res_users",
    "user_id": "res_users",
    "team_id": "crm_team",
    "company_id": "res_company",
    "from_company_id": "res_company",
    "lost_reason_id": "crm_lost_reason",
    "approver_id": "res_users",
}
#: these come to refer to something later, too: at a merge, and where a stage is deleted
MOVING = ("lead_id", "from_past_stage_id", "to_past_stage_id")


def hashed_text(version, name, row="r"):
    """Return what a text of a row was hashed to, in SQL: also where it is erased."""
    place = TEXTS[version].index(name)
    return f"""
        CASE WHEN {row}.{name} IS NULL THEN {row}.salts->>{place}
             ELSE encode(
                 sha256(convert_to(
                     -- where there was no text there is no salt either
                     COALESCE({row}.salts->>{place}, '') || {row}.{name}::text, 'UTF8'
                 )), 'hex'
             )
        END
    """


def content(version):
    """Return what is hashed of a row ``r``, as JSON in SQL."""
    parts = [f"r.{name}" for name in COLUMNS[version]]
    parts += [hashed_text(version, name) for name in TEXTS[version]]
    return f"jsonb_build_array({', '.join(parts)})"


def hashed_row(what):
    """Return what a row says, hashed without the row before, in SQL.

    :param str what: see ``content``
    """
    return f"sha256(convert_to(({what})::text, 'UTF8'))"


def linked(previous, digest):
    """Return the hash of a row, in SQL: of what it says, and of the hash of the row before."""
    return f"encode(sha256(convert_to(COALESCE({previous}, ''), 'UTF8') || {digest}), 'hex')"


DIGEST = """
    CREATE OR REPLACE FUNCTION crm_stage_transition_digest(r crm_stage_transition)
    RETURNS bytea LANGUAGE sql STABLE PARALLEL SAFE AS $$
        SELECT {digest}
    $$
""".format(
    digest=hashed_row(
        "CASE r.hash_version {versions} END".format(
            versions=" ".join(f"WHEN {number} THEN {content(number)}" for number in COLUMNS)
        )
    )
)
LINK = """
    CREATE OR REPLACE FUNCTION crm_stage_transition_link(previous text, digest bytea)
    RETURNS text LANGUAGE sql STABLE PARALLEL SAFE AS $$
        SELECT {link}
    $$
""".format(link=linked("previous", "digest"))
# A row with all that is to be added to it, so that it is the next link of its lead's chain. Without
# those functions, which each transaction would have to make ready.
CHAINED = """
    CREATE OR REPLACE FUNCTION crm_stage_transition_chained(r crm_stage_transition, previous text)
    RETURNS crm_stage_transition LANGUAGE plpgsql AS $$
    BEGIN
        r.hash_version := {version};
        r.frozen_ids := jsonb_build_array({ids});
        r.salts := jsonb_build_array({salts});
        r.hash := {hash};
        RETURN r;
    END $$
""".format(
    version=VERSION,
    ids=", ".join(f"r.{name}" for name in REFERENCES),
    salts=", ".join(
        f"CASE WHEN r.{name} IS NOT NULL THEN replace(gen_random_uuid()::text, '-', '') END"
        for name in TEXTS[VERSION]
    ),
    hash=linked("previous", hashed_row(content(VERSION))),
)
# What a seal says: of the one before it, when it was made, and of which rows.
SEAL = """
    CREATE OR REPLACE FUNCTION crm_stage_seal_link(
        previous text, date timestamp, row_count int, row_ranges jsonb, digest bytea
    )
    RETURNS text LANGUAGE sql STABLE PARALLEL SAFE AS $$
        SELECT encode(sha256(
            convert_to(jsonb_build_array(1, previous, date, row_count, row_ranges)::text, 'UTF8')
            || digest
        ), 'hex')
    $$
"""
