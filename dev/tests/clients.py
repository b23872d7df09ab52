"""Clients of Odoo over HTTP, all called alike: those of the network, and the web client."""

import re
import xmlrpc.client

import odoorpc
import requests

PATIENCE = 60
# As the page of the web client has it.
CSRF_TOKEN = re.compile(r'csrf_token: "(\w+)"')


class Refused(Exception):
    """What Odoo answered instead of a result.

    :ivar text: what a person reads
    :ivar context: what programs read besides; None where the protocol carries none
    """

    def __init__(self, text, name=None, context=None):
        super().__init__(text)
        self.text = text
        self.name = name
        self.context = context


class Client:
    """Somebody who has logged in. Methods are called with named arguments only."""

    def __init__(self, server, login, password=None):
        self.server = server
        self.login = login
        self.password = password or login
        self._log_in()

    def call(self, model, method, ids=None, **arguments):
        """Call a method of a model → its result.

        :param ids: those of the records; None: of a method of the model
        :raise Refused: what Odoo answered instead
        """
        return self._execute(model, method, [] if ids is None else [ids], arguments)

    def create(self, model, values, **arguments):
        """Create a record → its id."""
        return self._execute(model, "create", [values], arguments)

    def _execute(self, model, method, args, arguments):
        """Call a method as Odoo's older interfaces do → its result."""
        raise NotImplementedError


class WebClient(Client):
    """As the web client does it: a session, and JSON-RPC.

    :ivar session: what Odoo tells the web client of it
    """

    def _log_in(self):
        self._session = requests.Session()
        self.session = self.post(
            "/web/session/authenticate",
            db=self.server.database,
            login=self.login,
            password=self.password,
        )
        self.uid = self.session["uid"]

    @property
    def session_id(self):
        """The value of the cookie by which a browser is in the same session."""
        return self._session.cookies["session_id"]

    def post(self, path, **params):
        answer = self._session.post(
            f"{self.server.url}{path}", json={"params": params}, timeout=PATIENCE
        ).json()
        if "error" in answer:
            data = answer["error"]["data"]
            raise Refused(data["message"], data["name"], data["context"])
        return answer.get("result")

    def get(self, path):
        """Follow a link → the status of the answer."""
        return self._session.get(f"{self.server.url}{path}", timeout=PATIENCE).status_code

    def load(self, path):
        """→ what the server answers as JSON, and no procedure is called for."""
        return self._session.get(f"{self.server.url}{path}", timeout=PATIENCE).json()

    def download(self, path, **fields):
        """Send a form, as the web client does for a file → the file.

        :return: bytes
        """
        page = self._session.get(f"{self.server.url}/odoo", timeout=PATIENCE).text
        fields["csrf_token"] = CSRF_TOKEN.search(page)[1]
        answer = self._session.post(f"{self.server.url}{path}", data=fields, timeout=PATIENCE)
        answer.raise_for_status()
        return answer.content

    def find(self, xml_id):
        """→ the id of a record by its XML id."""
        module, name = xml_id.split(".")
        domain = [("module", "=", module), ("name", "=", name)]
        [row] = self.call("ir.model.data", "search_read", domain=domain, fields=["res_id"])
        return row["res_id"]

    def press(self, model, button, ids, **arguments):
        """Press a button of a form → the action that is to follow."""
        return self.post(
            "/web/dataset/call_button", model=model, method=button, args=[ids], kwargs=arguments
        )

    def _execute(self, model, method, args, arguments):
        return self.post(
            "/web/dataset/call_kw", model=model, method=method, args=args, kwargs=arguments
        )

    def make_api_key(self):
        """→ a key for the interfaces of programs, made as a person makes one."""
        description_id = self.create(
            "res.users.apikeys.description", {"name": "test", "duration": "1"}
        )
        check = self.call("res.users.apikeys.description", "make_key", [description_id])
        shown = self.call(
            check["res_model"],
            "run_check",
            [check["res_id"]],
            context={"password": self.password},
        )
        return shown["context"]["default_key"]


class XmlRpcClient(Client):
    """Odoo's oldest interface, over the standard library."""

    def _log_in(self):
        common = xmlrpc.client.ServerProxy(f"{self.server.url}/xmlrpc/2/common")
        self.uid = common.authenticate(self.server.database, self.login, self.password, {})

    def _execute(self, model, method, args, arguments):
        # A connection of its own: two threads may call at once.
        with xmlrpc.client.ServerProxy(
            f"{self.server.url}/xmlrpc/2/object", allow_none=True
        ) as proxy:
            try:
                return proxy.execute_kw(
                    self.server.database,
                    self.uid,
                    self.password,
                    model,
                    method,
                    args,
                    arguments,
                )
            except xmlrpc.client.Fault as fault:
                raise Refused(fault.faultString) from None


class OdooRpcClient(Client):
    """The client that most scripts use."""

    def _log_in(self):
        self.odoo = odoorpc.ODOO("127.0.0.1", port=self.server.port, timeout=PATIENCE)
        self.odoo.login(self.server.database, self.login, self.password)
        self.uid = self.odoo.env.uid

    def _execute(self, model, method, args, arguments):
        try:
            return self.odoo.execute_kw(model, method, args, arguments)
        except odoorpc.error.RPCError as error:
            raise refusal(error) from None


class Json2Client(Client):
    """Odoo's newest interface: a key, and named arguments in the body."""

    def _log_in(self):
        web = WebClient(self.server, self.login, self.password)
        self.uid = web.uid
        self._headers = {"Authorization": f"bearer {web.make_api_key()}"}

    def call(self, model, method, ids=None, **arguments):
        response = requests.post(
            f"{self.server.url}/json/2/{model}/{method}",
            json=arguments if ids is None else {"ids": ids, **arguments},
            headers=self._headers,
            timeout=PATIENCE,
        )
        answer = response.json()
        if response.ok:
            return answer
        raise Refused(answer["message"], answer["name"], answer["context"])

    def create(self, model, values, **arguments):
        [id_] = self.call(model, "create", vals_list=[values], **arguments)
        return id_


def refusal(error):
    """An error of odoorpc → as :class:`Refused`."""
    data = error.info["data"]
    return Refused(data["message"], data["name"], data["context"])


ALL_CLIENTS = (WebClient, XmlRpcClient, OdooRpcClient, Json2Client)
