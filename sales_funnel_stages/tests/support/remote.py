from odoo.fields import Datetime
from odoo.tests import HttpCase
from odoo.tools import mute_logger


class RemoteCase(HttpCase):
    """What clients do over the network, as the user that was authenticated last."""

    def call(self, method, *args, model="crm.lead", **kwargs):
        """Call a method of a model as the web client does.

        :return: the answer: a dict with a ``result`` or an ``error``
        """
        self.env.flush_all()
        with mute_logger("odoo.http"):
            response = self.url_open(
                "/web/dataset/call_kw",
                json={
                    "params": {
                        "model": model,
                        "method": method,
                        "args": args,
                        "kwargs": kwargs,
                    }
                },
            )
        self.env.invalidate_all()
        return response.json()

    def call_json_2(self, user, method, ids, **kwargs):
        """Call a method of ``crm.lead`` over JSON-2, as a user, with a key made for it.

        :return: the response
        """
        key = (
            self.env["res.users.apikeys"]
            .with_user(user)
            ._generate("rpc", "funnel", Datetime.add(Datetime.now(), days=1))
        )
        self.authenticate(None, None)
        self.env.flush_all()
        with mute_logger("odoo.http"):
            response = self.url_open(
                f"/json/2/crm.lead/{method}",
                json={"ids": ids, **kwargs},
                headers={"Authorization": f"bearer {key}"},
            )
        self.env.invalidate_all()
        return response

    def call_xml_rpc(self, user, method, *args):
        """Call a method of ``crm.lead`` over XML-RPC, with the user's password.

        :raise xmlrpc.client.Fault: what the server refuses
        """
        self.env.flush_all()
        # Odoo warns of the end of this way in at each call
        with mute_logger("odoo.http", "odoo.addons.rpc.controllers.xmlrpc"):
            result = self.xmlrpc_object.execute_kw(
                self.env.cr.dbname, user.id, user.login, "crm.lead", method, args
            )
        self.env.invalidate_all()
        return result

    def follow_link(self, record, action):
        """Follow a link of an e-mail; crm swallows whatever goes wrong, and then commits.

        :param str action: as in crm's ``_notify_get_recipients_groups``
        """
        path = record.sudo()._notify_get_action_link(
            "controller", controller=f"/lead/{action}", model="crm.lead", res_id=record.id
        )
        self.env.flush_all()
        with mute_logger("odoo.addons.crm.controllers.main"):
            response = self.url_open(path)
        self.assertEqual(response.status_code, 200)
        self.env.invalidate_all()
