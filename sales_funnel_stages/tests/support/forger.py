"""What whoever has the database can do to the history, and to what shows it."""

from odoo.tools import SQL

from .guard import let_history_change

#: how far somebody goes to hide what they have done: not at all, or with the hash of the row, all
#: hashes of its lead, or all seals besides
ALONE, ROW, CHAIN, SEALS = range(4)


class Forger:
    """Changes the history in SQL, and hashes anew what shows it.

    :param env: of a transaction that is undone
    """

    def __init__(self, env):
        self.env = env
        env.flush_all()
        let_history_change(env)
        env.cr.execute("ALTER TABLE crm_stage_seal DISABLE TRIGGER USER")

    def run(self, statement, **values):
        self.env.cr.execute(SQL(statement, **values))

    def change(self, row_id, **values):
        """Write values to a row, as they are."""
        columns = SQL(", ").join(
            SQL("%s = %s", SQL.identifier(name), value) for name, value in values.items()
        )
        self.run(
            "UPDATE crm_stage_transition SET %(columns)s WHERE id = %(id)s",
            columns=columns,
            id=row_id,
        )

    def delete(self, row_id):
        self.run("DELETE FROM crm_stage_transition WHERE id = %(id)s", id=row_id)

    def add_like(self, row_id, new_id, but=("id",)):
        """Add a row like another one; with its hash, it is not chained."""
        names = SQL(", ").join(map(SQL.identifier, self._columns(but)))
        self.run(
            "INSERT INTO crm_stage_transition (id, %(names)s)"
            " SELECT %(new_id)s, %(names)s FROM crm_stage_transition WHERE id = %(id)s",
            names=names,
            new_id=new_id,
            id=row_id,
        )

    def swap(self, row_id, other_id):
        """Let each of two rows say what the other one has said, its hash included."""
        names = SQL(", ").join(map(SQL.identifier, self._columns(("id",))))
        self.run(
            "UPDATE crm_stage_transition AS row SET (%(names)s) = (SELECT %(names)s"
            "  FROM crm_stage_transition AS other"
            " WHERE other.id = CASE row.id WHEN %(one)s THEN %(two)s ELSE %(one)s END)"
            " WHERE row.id IN (%(one)s, %(two)s)",
            names=names,
            one=row_id,
            two=other_id,
        )

    def hide(self, lead_ref, row_id, how):
        """Hash anew what shows what was done to a row of a lead: ``ROW``, ``CHAIN``, ``SEALS``."""
        if how == ROW:
            self.run(
                "UPDATE crm_stage_transition AS row"
                "   SET hash = crm_stage_transition_link((SELECT hash"
                "           FROM crm_stage_transition AS before"
                "          WHERE before.lead_ref = row.lead_ref AND before.id < row.id"
                "       ORDER BY before.id DESC LIMIT 1), crm_stage_transition_digest(row))"
                " WHERE id = %(id)s",
                id=row_id,
            )
        if how >= CHAIN:
            self.chain([lead_ref])
        if how >= SEALS:
            self.run("DELETE FROM crm_stage_seal")
            self.env["crm.stage.seal"]._seal()
        self.env.invalidate_all()

    def chain(self, lead_refs):
        """Chain all rows of leads anew, as they are now."""
        self.run(
            "UPDATE crm_stage_transition SET hash = NULL WHERE lead_ref = ANY(%(refs)s)",
            refs=lead_refs,
        )
        self.env["crm.stage.transition"]._chain()

    def _columns(self, but):
        rows = self.env.execute_query(
            SQL(
                "SELECT column_name FROM information_schema.columns"
                " WHERE table_name = 'crm_stage_transition'"
            )
        )
        return [name for [name] in rows if name not in but]
