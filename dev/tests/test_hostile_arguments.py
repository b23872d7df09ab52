"""Whatever our methods are called with, the error is clear, and nobody gains anything by it."""

import json
import random
import warnings

import pytest
from lxml import html
from psycopg2 import IntegrityError

from odoo.exceptions import AccessDenied, AccessError, UserError
from odoo.fields import Command
from odoo.http import Request
from odoo.models import BaseModel
from odoo.service.model import call_kw
from odoo.tests import HttpCase, new_test_user, tagged
from odoo.tools import SQL, mute_logger

from odoo.addons.sales_funnel_stages.tests.support.common import StageRuleCommon

from .clear_errors import CLEAR, get_fault
from .hostile import LONG, OURS, calls, methods

# of each method and person, so that it is done within half a minute; all of them in the long run
SOME = 2
SECRET = "Zyzzyva"
# what neither a salesperson nor a visitor may change
KEPT = """
    SELECT (SELECT md5(string_agg(lead::text, '|')) FROM crm_lead AS lead WHERE lead.name = %s),
           (SELECT md5(string_agg(rule::text, '|' ORDER BY id)) FROM crm_stage_rule AS rule),
           (SELECT md5(string_agg(name::text || domain, '|' ORDER BY id))
              FROM crm_qualification_criterion),
           (SELECT md5(string_agg(name::text || stage_rule_policy, '|' ORDER BY id)) FROM crm_team)
"""
MUTED = (
    "odoo.sql_db",
    "odoo.models.unlink",
    "odoo.domains",
    "odoo.addons.base.models.ir_module",
    "odoo.addons.base.models.ir_rule",
    "odoo.addons.mail.models.mail_thread",
    "odoo.addons.crm.models.crm_lead",
    "py.warnings",
)


class HostileCommon(StageRuleCommon):
    @classmethod
    def setUpClass(cls):
        super().setUpClass()
        cls.portal = new_test_user(cls.env, "funnel_portal", "base.group_portal")
        cls.admin = cls.env.ref("base.user_admin")
        cls.mine = cls.make_lead("Mine")
        cls.deal = cls.make_opportunity("My deal")
        cls.secret = cls.make_lead(SECRET, cls.all_rep)
        cls.env.flush_all()


@tagged("post_install", "-at_install")
class TestHostileArguments(HostileCommon):
    def test_some(self):
        chosen = random.Random(0)
        self.attack(lambda found: chosen.sample(found, min(SOME, len(found))))

    @pytest.mark.long
    def test_all(self):
        self.attack(list)

    def attack(self, choose):
        """Call what there is.

        :param choose: a function from all calls of a method to those that are made
        """
        faults, done = {}, 0
        people = (self.portal, self.rep, self.manager, self.admin)
        for model, method, parameters in methods(self.env):
            known = self.env[model].sudo().search([], limit=1).ids if self.env[model]._auto else []
            for user in people:
                of_others = user in (self.portal, self.rep) and model == "crm.lead"
                ids = self.secret.ids if of_others else known
                found = choose([*calls(parameters, ids)])
                if model == "crm.lead" and user == self.rep:
                    found += choose([*calls(parameters, self.mine.ids)])
                for ids_, arguments in found:
                    done += 1
                    said = self.call(user, model, method, ids_, arguments)
                    if said:
                        shown = f"{user.login} {model}.{method}({ids_!r}, {arguments!r})"[:300]
                        faults.setdefault(said, shown)
        self.assertGreater(done, 1000)
        self.assertFalse(
            faults, "\n".join(f"{said}\n    {shown}" for said, shown in faults.items())
        )

    @mute_logger(*MUTED)
    def call(self, user, model, method, ids, arguments):
        """Call a method as a client does, and undo it → what is wrong with what came of it."""
        savepoint = self.env.cr.savepoint()
        error, result, kept = None, None, None
        try:
            with warnings.catch_warnings(action="ignore"):
                result = self.really_call(user, model, method, ids, arguments)
                self.env.flush_all()
                kept = self.env.execute_query(SQL(KEPT, SECRET))
        except Exception as caught:
            error = caught
        finally:
            savepoint.close(rollback=True)
            self.env.invalidate_all()
            self.env.registry.clear_all_caches() if error else None
        if error and (fault := get_fault(error)):
            return None if self.is_stocks_own(user, model, method, ids, arguments) else fault
        if user in (self.portal, self.rep):
            if SECRET in f"{result!r} {error}":
                return f"{method} of {model} names what {user.login} may not see"
            if kept and kept != self.kept:
                return f"{method} of {model} changes what {user.login} may not change"
        return None

    def really_call(self, user, model, method, ids, arguments):
        records = self.env(user=user.id, context={}, su=False)[model]
        is_of_model = getattr(getattr(type(records), method), "_api_model", False)
        return call_kw(records, method, [] if is_of_model else [ids], arguments)

    @property
    def kept(self):
        return self.env.execute_query(SQL(KEPT, SECRET))

    def is_stocks_own(self, user, model, method, ids, arguments):
        """Tell whether Odoo itself fails in an unclear way for what is of that shape."""
        records = self.env(user=user.id, context={}, su=True)[model]
        attempts = [lambda: records.browse(ids).read(["id", "display_name", "create_date"])]
        values = arguments.get("values", arguments.get("vals"))
        if method == "write" and not isinstance(values, dict):
            # of no record, Odoo does not look at it
            return True
        if isinstance(values, dict):
            attempts.append(lambda: BaseModel.write(records.browse(ids), dict(values)))
        stock = next(
            (
                vars(cls)[method]
                for cls in type(records).mro()
                if not cls.__module__.startswith(OURS) and method in vars(cls)
                if cls is not type(records)
            ),
            None,
        )
        if stock:
            is_of_model = getattr(stock, "_api_model", False)
            attempts.append(
                lambda: stock(records if is_of_model else records.browse(ids), **arguments)
            )
        return any(map(self.fails_unclearly, attempts))

    def fails_unclearly(self, attempt):
        savepoint = self.env.cr.savepoint()
        try:
            with warnings.catch_warnings(action="ignore"):
                attempt()
                self.env.flush_all()
        except CLEAR:
            return False
        except Exception:
            return True
        finally:
            savepoint.close(rollback=True)
            self.env.invalidate_all()
        return False


@tagged("post_install", "-at_install")
class TestWhoIsNoAdministrator(HostileCommon):
    @mute_logger("odoo.addons.base.models.ir_module")
    def test_uninstalling(self):
        """Nothing is looked up for those whom Odoo refuses."""
        for user in (self.portal, self.rep, self.manager):
            modules = self.env["ir.module.module"].with_user(user)
            for method in ("button_uninstall", "module_uninstall"):
                with self.subTest(method, user=user.login), self.assertRaises(AccessDenied):
                    call_kw(modules, method, [[0]], {})


@tagged("post_install", "-at_install")
class TestNamesOfLeads(HostileCommon):
    """No wizard and no old record names a lead that one may not see."""

    def setUp(self):
        super().setUp()
        self.team.user_id = self.manager
        batch = self.make_batch(self.manager)
        line = {"batch_id": batch.id, "lead_id": self.secret.id, "lead_name": SECRET, "chunk": 1}
        lead = self.secret.with_user(self.all_rep)
        asked = {"type": "opportunity", "reason": "So"}
        request_id = lead.action_request_stage_approval(asked)
        #: what names the lead, by model
        self.naming = {
            "crm.lead": self.secret.sudo(),
            "crm.stage.transition": self.rows(self.secret),
            "crm.stage.request": self.env["crm.stage.request"].browse(request_id),
            "crm.lead.conversion.batch": batch,
            "crm.lead.conversion.batch.line": batch.line_ids.create(line),
        }

    def make_batch(self, user):
        values = {"name": "Batch", "user_id": user.id, "action": "nothing"}
        return self.env["crm.lead.conversion.batch"].create(
            {**values, "company_id": self.env.company.id}
        )

    def test_every_wizard(self):
        tried = set()
        for name, model_class in sorted(self.env.registry.items()):
            if not model_class._transient or "crm" not in name:
                continue
            for field in model_class._fields.values():
                if field.comodel_name in self.naming and not field.related:
                    tried.add(name)
                    with self.subTest(name, field=field.name):
                        self.check_wizard(name, field)
        self.assertLessEqual({"crm.stage.move", "crm.lead.conversion.undo"}, tried)

    def check_wizard(self, name, field):
        record = self.naming[field.comodel_name]
        value = record.id if field.type == "many2one" else [Command.set(record.ids)]
        wizards = self.env[name].with_user(self.rep)
        spec = {
            key: {"fields": {"display_name": {}}} if each.relational else {}
            for key, each in wizards._fields.items()
            if wizards._has_field_access(each, "read")
        }
        context = {
            f"default_{field.name}": record.id if field.type == "many2one" else record.ids,
            "active_model": "crm.lead",
            "active_id": self.secret.id,
            "active_ids": self.secret.ids,
        }
        # of an unsaved record, Odoo itself names whatever somebody says it refers to
        rest = {key: value for key, value in spec.items() if key != field.name}
        for ask in (
            lambda: wizards.create({"reason": "So", field.name: value}).web_read(spec),
            lambda: wizards.create({field.name: value}).web_read(spec),
            lambda: wizards.onchange({field.name: value}, [field.name], rest),
            lambda: wizards.with_context(**context).onchange({}, [], rest),
            lambda: wizards.with_context(**context).create({}).web_read(spec),
            lambda: wizards.with_context(**context).default_get([*spec]),
        ):
            self.assertNotIn(SECRET, self.answer(ask))

    @mute_logger(*MUTED)
    def answer(self, ask):
        """Return what somebody is told, be it an error."""
        savepoint = self.env.cr.savepoint()
        try:
            self.env.invalidate_all()
            return repr(ask())
        except Exception as error:
            return str(error)
        finally:
            savepoint.close(rollback=True)

    def test_after_losing_access(self):
        """Who has asked for something, or converted many, is told no name that came later."""
        self.team.user_id = self.manager
        request = self.env["crm.stage.request"].browse(
            self.mine.action_request_stage_approval({"type": "opportunity", "reason": "So"})
        )
        batch = self.make_batch(self.rep)
        self.mine.with_env(self.env).type = "opportunity"
        batch.line_ids.create(
            {
                "batch_id": batch.id,
                "lead_id": self.mine.id,
                "lead_name": "Mine",
                "chunk": 1,
                "state": "done",
                "date": "2020-01-01",
            }
        )
        batch.state = "done"
        undo = (
            self.env["crm.lead.conversion.undo"].with_user(self.rep).create({"batch_id": batch.id})
        )
        self.mine.with_env(self.env).write({"name": SECRET, "user_id": self.all_rep.id})
        self.env.flush_all()
        self.env.invalidate_all()
        with self.assertRaises(AccessError):
            self.mine.check_access("read")
        for record in (request.with_user(self.rep), batch.with_user(self.rep), undo):
            spec = {
                key: {"fields": {"display_name": {}}} if each.relational else {}
                for key, each in record._fields.items()
                if record._has_field_access(each, "read")
            }
            told = self.answer(lambda record=record, spec=spec: record.web_read(spec))
            self.assertNotIn(SECRET, told)
        self.assertIn("worked on since", undo.outcome)


@tagged("post_install", "-at_install")
class TestLengths(HostileCommon):
    """Names and reasons that nobody can read are refused."""

    def test_reasons(self):
        lead, deal = self.mine.with_user(self.manager), self.deal.with_user(self.manager)
        asked = {"type": "opportunity", "reason": LONG}
        for attempt in (
            lambda: lead.move_with_reason({"type": "opportunity"}, LONG),
            lambda: self.mine.action_request_stage_approval(asked),
            lambda: deal.action_return_to_lead(LONG),
            lambda: (
                lead.env["crm.stage.move"]
                .create(
                    {"lead_ids": [Command.set(lead.ids)], "is_conversion": True, "reason": LONG}
                )
                .action_override()
            ),
        ):
            with self.assertRaisesRegex(UserError, "A reason has 5000 characters at most."):
                attempt()

    @mute_logger("odoo.sql_db")
    def test_names(self):
        values = {"name": LONG, "framework_id": self.framework.id, "domain": "[]"}
        for model, vals in (
            ("crm.qualification.framework", {"name": LONG}),
            ("crm.qualification.criterion", values),
            ("crm.lead.stakeholder", {"contact_name": LONG, "lead_id": self.mine.id}),
        ):
            records = self.env[model].with_user(self.manager)
            with self.assertRaises(IntegrityError) as caught, self.env.cr.savepoint():
                records.create(vals)
            # as clients get it
            self.assertEqual(
                records._sql_error_to_message(caught.exception), "This name is too long."
            )

    def test_who_takes_another_name_for_a_move(self):
        """A step is told of who took it, by the name that they have."""
        self.rep.name = "The Boss"
        deal = self.make_opportunity(stage=self.stage_qualified)
        deal.write({"stage_id": self.stage_new.id})
        self.rep.name = "Ann"
        row = self.rows(deal)[-1]
        for told in (row.summary, deal.sudo()._describe_step(row)):
            self.assertIn("by Ann", told)
            self.assertNotIn("The Boss", told)

    def test_the_ledger_keeps_the_beginning(self):
        lead = self.make_lead("y" * 5000)
        self.assertEqual(self.rows(lead).lead_name, "y" * 1000)


@tagged("post_install", "-at_install")
class TestHostileDownload(HttpCase, HostileCommon):
    @mute_logger("odoo.http")
    def test_what_is_no_dashboard(self):
        self.authenticate(self.manager.login, self.manager.login)
        good = {"domain": [], "date_from": "2026-01-01", "date_to": "2026-02-01", "months": 0}
        for data in (
            "",
            "{",
            "null",
            "[]",
            "{}",
            "[" * 100_000,
            json.dumps({**good, "domain": [["no_such_field", "=", 1]]}),
            json.dumps({**good, "domain": None}),
            json.dumps({**good, "date_from": "0001-01-01"}),
            json.dumps({**good, "date_to": "9999-12-31"}),
            json.dumps({**good, "months": 10**30}),
            json.dumps({**good, "months": float("nan")}),
            json.dumps({**good, "filters": {"a": 1}}),
            json.dumps({**good, "filters": [1]}),
        ):
            with self.subTest(data[:80]):
                response = self.url_open(
                    "/sales_funnel_stages/funnel_dashboard/xlsx",
                    data={"data": data, "csrf_token": Request.csrf_token(self)},
                )
                self.assertEqual(response.status_code, 400)
                self.assertNotIn("Traceback", html.fromstring(response.content).text_content())
