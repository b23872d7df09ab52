"""What is defined in a database (views, actions, rules, fields), to be compared.

Records are known by their XML ids, and so is whatever they refer to: two databases that were made
in different ways say the same where they are defined alike.
"""

import re
from collections import defaultdict

from psycopg2 import sql

from .whole_database import query, schema

OURS = r"sales\_funnel\_stages%"
# Models whose records define something, whichever addon they belong to: ours may change them.
MODELS = (
    "crm.lead.scoring.frequency.field",
    "digest.tip",
    "ir.actions.act_url",
    "ir.actions.act_window",
    "ir.actions.act_window.view",
    "ir.actions.client",
    "ir.actions.report",
    "ir.actions.server",
    "ir.asset",
    "ir.cron",
    "ir.embedded.actions",
    "ir.filters",
    "ir.model",
    "ir.model.access",
    "ir.model.constraint",
    "ir.model.fields",
    "ir.model.fields.selection",
    "ir.model.inherit",
    "ir.rule",
    "ir.sequence",
    "ir.ui.menu",
    "ir.ui.view",
    "mail.activity.type",
    "mail.message.subtype",
    "mail.template",
    "res.groups",
    "res.groups.privilege",
)
# Models whose table is not called as they are.
TABLES = {
    "ir.actions.act_url": "ir_act_url",
    "ir.actions.act_window": "ir_act_window",
    "ir.actions.act_window.view": "ir_act_window_view",
    "ir.actions.client": "ir_act_client",
    "ir.actions.report": "ir_act_report_xml",
    "ir.actions.server": "ir_act_server",
}
# What any two databases differ in.
OWN = {"id", "create_date", "create_uid", "write_date", "write_uid"}
OWN_OF_MODEL = {
    # chosen by lot
    "crm.lead.scoring.frequency.field": {"color"},
    "ir.cron": {"nextcall", "lastcall", "failure_count", "first_failure_date"},
    "ir.ui.menu": {"parent_path"},
    "ir.ui.view": {"arch_prev", "arch_updated"},
    # who is in it
    "res.groups": {"user_ids"},
}
# Where a view's button names its action by number, and a record of any model another one.
BUTTON = re.compile(r'(?<=name=")\d+(?=")')
REFERENCE = re.compile(r"([a-z][\w.]*),(\d+)")
NUMBER = re.compile(r"(?<=_fkey|__idx|_null)\d+\b")

RECORDS = """
    SELECT model, module || '.' || name, res_id, noupdate
      FROM ir_model_data
     WHERE model = ANY(%s)
"""
XML_IDS = """
    SELECT model, res_id, min(module || '.' || name)
      FROM ir_model_data
  GROUP BY model, res_id
"""
RELATIONS = """
    SELECT model, name, relation, relation_table, column1, column2
      FROM ir_model_fields
     WHERE ttype = %s AND store AND model = ANY(%s)
"""
TABLES_OF_OURS = """
    SELECT replace(model.model, '.', '_')
      FROM ir_model AS model
      JOIN ir_model_data AS data ON data.model = 'ir.model' AND data.res_id = model.id
     WHERE data.module LIKE %(ours)s AND NOT model.transient
     UNION
    SELECT field.relation_table
      FROM ir_model_fields AS field
      JOIN ir_model_data AS data ON data.model = 'ir.model.fields' AND data.res_id = field.id
      JOIN ir_model AS model ON model.id = field.model_id
     WHERE data.module LIKE %(ours)s AND NOT model.transient
       AND field.ttype = 'many2many' AND field.store
"""


def our_tables(database):
    """→ names of the tables, and of some that are none, of what the addons keep."""
    return {name for (name,) in query(database, TABLES_OF_OURS, {"ours": OURS})}


def definitions(database):
    """→ ``{(model, XML id): {name: value}}`` of what is defined: views, actions, rules, fields.

    A value that refers to a record is its XML id, and a list of them to several. ``noupdate``
    says whether an update leaves the record as somebody has made it.
    """
    found = _Definitions(database)
    return {
        (model, xml_id): {**found.values(model, id_), "noupdate": noupdate}
        for model, xml_id, id_, noupdate in query(database, RECORDS, [list(MODELS)])
    }


def differences(one, other):
    """Compare what ``definitions`` returned of two databases.

    :return: ``{(model, XML id): {name: (value in one, value in the other)}}``; ``exists`` of a
        record that only one of them has
    """
    found = {}
    for key in sorted(one.keys() | other.keys()):
        if key not in one or key not in other:
            found[key] = {"exists": (key in one, key in other)}
            continue
        names = sorted(one[key].keys() | other[key].keys())
        pairs = {name: (one[key].get(name), other[key].get(name)) for name in names}
        if different := {name: pair for name, pair in pairs.items() if pair[0] != pair[1]}:
            found[key] = different
    return found


def layout(database):
    """→ what ``schema`` returns, without the numbers that PostgreSQL gives to equal long names."""
    return {
        (kind, table, NUMBER.sub("", name), NUMBER.sub("", definition))
        for kind, table, name, definition in schema(database)
    }


class _Definitions:
    """Reads a database once, table by table."""

    def __init__(self, database):
        self._database = database
        self._xml_ids = {(model, id_): name for model, id_, name in query(database, XML_IDS)}
        self._actions = {
            str(id_): name
            for (model, id_), name in self._xml_ids.items()
            if (model or "").startswith("ir.actions.")
        }
        self._many2one = defaultdict(dict)
        for model, name, relation, *_columns in self._relations("many2one"):
            self._many2one[model][name] = relation
        self._many2many = defaultdict(list)
        for model, name, relation, table, column, other in self._relations("many2many"):
            links = defaultdict(list)
            for id_, linked_id in query(
                database,
                sql.SQL("SELECT {}, {} FROM {}").format(
                    *map(sql.Identifier, (column, other, table))
                ),
            ):
                links[id_].append(self._name(relation, linked_id))
            self._many2many[model].append((name, links))
        self._rows = {model: self._read(model) for model in MODELS}

    def values(self, model, id_):
        row = self._rows[model].get(id_)
        if row is None:
            # listed, and deleted past Odoo
            return {"exists": False}
        return {
            **{name: self._get_text(model, name, value) for name, value in row.items()},
            **{
                name: sorted(links[id_])
                for name, links in self._many2many[model]
                if name not in OWN_OF_MODEL.get(model, ())
            },
        }

    def _relations(self, type_):
        return query(self._database, RELATIONS, [type_, list(MODELS)])

    def _read(self, model):
        """→ ``{id: row}`` of a model's table, without what any two databases differ in."""
        table = TABLES.get(model, model.replace(".", "_"))
        if not query(self._database, "SELECT to_regclass(%s)", [table])[0][0]:
            return {}
        own = OWN | OWN_OF_MODEL.get(model, set())
        rows = query(
            self._database,
            sql.SQL("SELECT id, to_jsonb(row) FROM {} AS row").format(sql.Identifier(table)),
        )
        return {
            id_: {name: value for name, value in row.items() if name not in own}
            for id_, row in rows
        }

    def _get_text(self, model, name, value):
        if value and name in self._many2one[model]:
            return self._name(self._many2one[model][name], value)
        if name == "arch_db" and value:
            return {lang: BUTTON.sub(self._name_action, arch) for lang, arch in value.items()}
        if isinstance(value, str) and (reference := REFERENCE.fullmatch(value)):
            return self._name(reference[1], int(reference[2]))
        return value

    def _name_action(self, found):
        return self._actions.get(found[0], found[0])

    def _name(self, model, id_):
        return self._xml_ids.get((model, id_), f"{model} without an XML id")
