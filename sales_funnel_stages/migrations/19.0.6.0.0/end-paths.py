from odoo import SUPERUSER_ID, api


def migrate(cr, version):
    """Suspend criteria whose author may not read what they look at; name what is not judged.

    At the end of the update: a criterion may look at fields of addons that are loaded after ours.
    That came while 19.0.4.4.0 was being made, and databases have that version from before.
    """
    env = api.Environment(cr, SUPERUSER_ID, {})
    env["crm.qualification.criterion"]._suspend_unreadable()
    env["crm.qualification.criterion"]._tell_not_judged()
