"""What the database does where rows of the ledger are added, changed or deleted past this addon."""

from .content import CHAINED, DIGEST, LINK, MOVING, REFERENCES, SEAL, TEXTS, VERSION, hashed_text

# What comes with a hash is brought back from a dump. Where the row before has none, an update is
# under way from a release without chains, and chains all of them at its end (see CHAIN).
ADD = """
    CREATE OR REPLACE FUNCTION crm_stage_transition_add() RETURNS trigger LANGUAGE plpgsql AS $$
    DECLARE
        last record;
    BEGIN
        NEW.kind := COALESCE(NEW.kind, 'move');
        IF NEW.hash IS NOT NULL THEN
            RETURN NEW;
        END IF;
        SELECT hash INTO last FROM crm_stage_transition
         WHERE lead_ref = NEW.lead_ref AND id < NEW.id ORDER BY id DESC LIMIT 1;
        IF FOUND AND last.hash IS NULL THEN
            RETURN NEW;
        END IF;
        RETURN crm_stage_transition_chained(NEW, last.hash);
    END $$
"""
# What may change: references to what is deleted become empty, stages and leads are followed, and
# texts about people are erased, with their salts. What is not chained yet is not guarded yet.
KEEP = """
    CREATE OR REPLACE FUNCTION crm_stage_transition_keep() RETURNS trigger LANGUAGE plpgsql AS $$
    DECLARE
        kept crm_stage_transition := OLD;
    BEGIN
        IF OLD.hash IS NULL THEN
            RETURN NEW;
        END IF;
        {erased}
        {followed}
        IF NEW.salts IS NOT DISTINCT FROM OLD.salts THEN
            NEW.salts := kept.salts;
        END IF;
        IF NEW IS DISTINCT FROM kept THEN
            RAISE EXCEPTION 'The history of stages cannot be changed (crm_stage_transition %)',
                OLD.id;
        END IF;
        RETURN NEW;
    END $$
""".format(
    erased="\n        ".join(
        f"IF NEW.{name} IS NULL AND OLD.{name} IS NOT NULL THEN "
        f"kept.{name} := NULL; "
        f"kept.salts := jsonb_set(kept.salts, '{{{place}}}', to_jsonb("
        f"{hashed_text(VERSION, name, 'OLD')})); END IF;"
        for place, name in enumerate(TEXTS[VERSION])
    ),
    followed="\n        ".join(
        f"kept.{name} := NEW.{name};"
        if name in MOVING
        else f"IF NEW.{name} IS NULL THEN kept.{name} := NULL; END IF;"
        for name in REFERENCES
    ),
)
REFUSE = """
    CREATE OR REPLACE FUNCTION crm_stage_ledger_refuse() RETURNS trigger LANGUAGE plpgsql AS $$
    BEGIN
        RAISE EXCEPTION 'The history of stages cannot be changed (% of %)', TG_OP, TG_TABLE_NAME;
    END $$
"""
FUNCTIONS = {
    "crm_stage_transition_digest": DIGEST,
    "crm_stage_transition_link": LINK,
    "crm_stage_transition_chained": CHAINED,
    "crm_stage_transition_add": ADD,
    "crm_stage_transition_keep": KEEP,
    "crm_stage_ledger_refuse": REFUSE,
    "crm_stage_seal_link": SEAL,
}
#: {table: {trigger: what it does when}}
TRIGGERS = {
    "crm_stage_transition": {
        "add": "BEFORE INSERT ON %(table)s FOR EACH ROW"
        " EXECUTE FUNCTION crm_stage_transition_add()",
        "keep": "BEFORE UPDATE ON %(table)s FOR EACH ROW"
        " EXECUTE FUNCTION crm_stage_transition_keep()",
        "refuse": "BEFORE DELETE ON %(table)s FOR EACH ROW"
        " EXECUTE FUNCTION crm_stage_ledger_refuse()",
        "refuse_all": "BEFORE TRUNCATE ON %(table)s FOR EACH STATEMENT"
        " EXECUTE FUNCTION crm_stage_ledger_refuse()",
    },
    "crm_stage_seal": {
        "refuse": "BEFORE UPDATE OR DELETE ON %(table)s FOR EACH ROW"
        " EXECUTE FUNCTION crm_stage_ledger_refuse()",
        "refuse_all": "BEFORE TRUNCATE ON %(table)s FOR EACH STATEMENT"
        " EXECUTE FUNCTION crm_stage_ledger_refuse()",
    },
}
# Those that have no hash yet, in the order of each lead.
CHAIN = """
    DO $$
    DECLARE
        r crm_stage_transition;
        lead int;
        previous text;
    BEGIN
        FOR r IN
            SELECT * FROM crm_stage_transition
             WHERE lead_ref IN (SELECT lead_ref FROM crm_stage_transition WHERE hash IS NULL)
             ORDER BY lead_ref, id
        LOOP
            IF lead IS DISTINCT FROM r.lead_ref THEN
                lead := r.lead_ref;
                previous := NULL;
            END IF;
            IF r.hash IS NULL THEN
                r := crm_stage_transition_chained(r, previous);
                UPDATE crm_stage_transition
                   SET hash_version = r.hash_version, frozen_ids = r.frozen_ids, salts = r.salts,
                       hash = r.hash
                 WHERE id = r.id;
            END IF;
            previous := r.hash;
        END LOOP;
    END $$
"""
