"""All that the database holds of leads and of what hangs on them, comparable between two runs.

Whatever was created has another id in each run: it is named after the lead that it belongs to.
"""

import re
from collections import defaultdict

from odoo.tools import SQL

# what a row of the ledger is hashed to, with a salt that is made up
HASHED = {"hash", "salts", "frozen_ids"}
# what a row keeps of it depends on when Odoo predicts, which is up to Odoo
PREDICTED = {"probability", "automated_probability"}
# when something was done, which are two moments
MOMENTS = {"create_date", "write_date", "date", "calendar_last_notif_ack"}
# what is unique is another each time: a number that an addon gives
UNIQUE = """
    SELECT DISTINCT attname
      FROM pg_index
      JOIN pg_attribute ON attrelid = indrelid AND attnum = indkey[0]
     WHERE indisunique AND indnatts = 1
       AND indrelid = ANY(ARRAY['crm_lead', 'res_partner', 'mail_message']::regclass[])
"""
LINKED_LEAD = re.compile(r'data-oe-model="crm\.lead"[^>]*data-oe-id="(\d+)"')


class Snapshot:
    """What there is of some leads.

    :ivar leads: ``{lead_id: {column: value}}``
    :ivar partners: ``{name: {column: value}}``
    :ivar messages: ``{lead_id or name of a partner: [message]}``
    :ivar followers: ``{lead_id or name of a partner: {partner: subtypes}}``
    :ivar activities: ``{lead_id: [activity]}``
    :ivar ledger: ``{lead_id: [row]}``
    :ivar tags: ``{lead_id: names}``
    :ivar assigned: ``{(user's partner, lead_id or name of a partner)}``: who has been told of what
    """

    def __init__(self, env, lead_ids, known_partner_ids):
        self.env = env
        self.known_partner_ids = known_partner_ids
        env.flush_all()
        self._not_compared = MOMENTS.union(HASHED, *env.execute_query(SQL(UNIQUE)))
        self.rows = {
            row["id"]: row for row in self._select("crm_lead", "id = ANY(%s)", [list(lead_ids)])
        }
        self._partners = {row["id"]: row for row in self._select("res_partner", "TRUE", [])}
        self.names = self._name_partners()
        self.leads = {id_: self._plain(row) for id_, row in self.rows.items()}
        self.partners = {
            self.names[id_]: self._plain(row)
            for id_, row in self._partners.items()
            if id_ in self.names
        }
        self.messages, self.assigned = self._read_messages()
        self.followers = self._read_followers()
        self.activities = self._read_hanging("mail_activity", "res_model = 'crm.lead'", "res_id")
        self.ledger = self._read_hanging("crm_stage_transition", "TRUE", "lead_ref")
        self.tags = self._read_tags()

    def _select(self, table, condition, parameters):
        table, condition = SQL.identifier(table), SQL(condition, *parameters)
        self.env.cr.execute(SQL("SELECT * FROM %s WHERE %s ORDER BY 1", table, condition))
        return self.env.cr.dictfetchall()

    def _name_partners(self):
        """Return ``{id: name}``; what was created is called after the first lead that has it."""
        names = {id_: f"partner {id_}" for id_ in self.known_partner_ids}
        for lead_id, row in sorted(self.rows.items()):
            partner_id = row["partner_id"]
            if partner_id and partner_id not in names:
                names[partner_id] = f"customer of {lead_id}"
            parent_id = partner_id and self._partners[partner_id]["parent_id"]
            if parent_id and parent_id not in names:
                names[parent_id] = f"company of {lead_id}"
        unused = [row for id_, row in sorted(self._partners.items()) if id_ not in names]
        # a company whose contact somebody else got
        for number, row in enumerate(sorted(unused, key=lambda row: row["complete_name"] or "")):
            names[row["id"]] = f"unused {number}"
        return names

    def _plain(self, row, but=()):
        """Return a row without ids, moments and what is unique; partners are named."""
        plain = {}
        for name, value in row.items():
            if name in self._not_compared or name in but:
                continue
            if name in ("partner_id", "parent_id", "commercial_partner_id", "author_id"):
                value = self.names.get(value, value)
            if name == "met_by" and value:
                value = {id_: self._plain(facts) for id_, facts in value.items()}
            plain[name] = value
        return plain

    def _owner(self, row, model="model"):
        """Return whose a message or follower is; None: of nothing that is compared."""
        if row[model] == "crm.lead":
            return row["res_id"] if row["res_id"] in self.rows else None
        if row[model] == "res.partner":
            return self.names.get(row["res_id"])
        return None

    def _read_messages(self):
        messages, assigned, places = defaultdict(list), set(), {}
        notified, tracked = self._read_notified(), self._read_tracked()
        for row in self._select("mail_message", "TRUE", []):
            recipients = sorted(notified[row["id"]], key=str)
            owner = self._owner(row)
            is_assignment = row["message_type"] == "user_notification"
            if is_assignment and row["model"] in ("crm.lead", "res.partner", None):
                told = [owner] if owner else map(int, LINKED_LEAD.findall(row["body"]))
                assigned.update((name, each) for name, _type in recipients for each in told)
                continue
            if owner is None:
                continue
            plain = self._plain(row, ["message_id", "res_id", "body", "reply_to"])
            plain["parent_id"] = places.get(row["parent_id"])
            places[row["id"]] = owner, len(messages[owner])
            plain["body"] = str(row["body"] or "")
            plain["tracked"] = tracked[row["id"]]
            plain["recipients"] = recipients
            messages[owner].append(plain)
        return dict(messages), assigned

    def _read_notified(self):
        """Return ``{message_id: [(partner, how)]}``."""
        notified = defaultdict(list)
        for row in self._select("mail_notification", "TRUE", []):
            notified[row["mail_message_id"]].append(
                (self.names.get(row["res_partner_id"]), row["notification_type"])
            )
        return notified

    def _read_tracked(self):
        """Return ``{message_id: [change]}``."""
        fields = self._select("ir_model_fields", "model IN ('crm.lead', 'res.partner')", [])
        field_names = {row["id"]: row["name"] for row in fields}
        tracked = defaultdict(list)
        for row in self._select("mail_tracking_value", "field_id = ANY(%s)", [list(field_names)]):
            plain = self._plain(row, ["mail_message_id"])
            tracked[row["mail_message_id"]].append(self._plain_tracked(plain, field_names))
        return tracked

    def _plain_tracked(self, row, field_names):
        row = {**row, "field": field_names[row.pop("field_id")]}
        if row["field"] in ("partner_id", "parent_id"):
            for name in ("old_value_integer", "new_value_integer"):
                row[name] = self.names.get(row[name], row[name])
        return row

    def _read_followers(self):
        subtypes = defaultdict(set)
        for row in self._select("mail_followers_mail_message_subtype_rel", "TRUE", []):
            subtypes[row["mail_followers_id"]].add(row["mail_message_subtype_id"])
        followers = defaultdict(dict)
        for row in self._select("mail_followers", "TRUE", []):
            owner = self._owner(row, "res_model")
            if owner is not None:
                followers[owner][self.names.get(row["partner_id"])] = subtypes[row["id"]]
        return dict(followers)

    def _read_tags(self):
        # an addon may create some
        names = {row["id"]: str(row["name"]) for row in self._select("crm_tag", "TRUE", [])}
        tags = defaultdict(list)
        for row in self._select("crm_tag_rel", "TRUE", []):
            if row["lead_id"] in self.rows:
                tags[row["lead_id"]].append(names[row["tag_id"]])
        return {id_: sorted(each) for id_, each in tags.items()}

    def _read_hanging(self, table, condition, key):
        rows = defaultdict(list)
        for row in self._select(table, condition, []):
            if row[key] in self.rows:
                rows[row[key]].append(self._plain(row, PREDICTED if key == "lead_ref" else ()))
        return {id_: sorted(each, key=str) for id_, each in rows.items()}
