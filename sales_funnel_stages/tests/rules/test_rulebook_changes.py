from odoo import SUPERUSER_ID
from odoo.exceptions import AccessError, UserError
from odoo.fields import Command
from odoo.tests import Form, new_test_user, tagged

from ...models.rules.append_only import Recording
from ...tools.rulebook import ENFORCE, GUIDE, OFF, RECOMMENDED
from ..support.common import CONVERT_ANSWERS, StageRuleCommon
from ..support.translations import load_french

ANY = "[('name', '!=', False)]"


class ChangesCommon(StageRuleCommon):
    """Whoever changes a rule is a manager, and the changes since the fixture are looked at."""

    @classmethod
    def setUpClass(cls):
        super().setUpClass()
        cls.managed = cls.env(user=cls.manager)
        cls.other = cls.env["crm.qualification.framework"].create({"name": "Ours"})
        cls.asked = cls.env["crm.qualification.criterion"].create(
            {"name": "Asked", "framework_id": cls.other.id, "domain": ANY}
        )
        cls.rule = cls.env["crm.stage.rule"].create(
            {
                "framework_id": cls.other.id,
                "criterion_id": cls.asked.id,
                "stage_id": cls.stage_qualified.id,
            }
        )
        cls.before = cls.env["crm.rulebook.change"].search([], limit=1).id

    def changes(self):
        """Return what has changed since the fixture, or the last time that it was asked for."""
        self.env.flush_all()
        found = self.env["crm.rulebook.change"].search([("id", ">", self.before)], order="id")
        self.before = found[-1:].id or self.before
        return found

    def assert_told(self, *expected):
        """Assert what has changed: ``(source, kind, name, summary)`` of each."""
        changes = self.changes()
        self.assertEqual(
            [(each.source, each.kind, each.res_name, each.summary) for each in changes],
            list(expected),
        )
        return changes

    def version(self):
        return self.env["crm.rulebook"]._get_version()


@tagged("post_install", "-at_install")
class TestWhatIsTold(ChangesCommon):
    """Each way in which rules change adds to what is told of them, and to nothing else."""

    def test_a_criterion(self):
        asked = self.asked.with_env(self.managed)
        version = self.version()
        asked.domain = "[('need_level', '=', 'weak')]"
        change = self.assert_told(
            (
                "crm.qualification.criterion",
                "changed",
                "Asked",
                f"Met by: {ANY} → [('need_level', '=', 'weak')]",
            )
        )
        self.assertEqual(change.by_user_id, self.manager)
        self.assertEqual(change.framework_name, "Ours")
        self.assertEqual(change.version, self.version())
        self.assertNotEqual(version, self.version())
        asked.write({"name": "Asked twice", "weight": 0, "guidance": "Ask."})
        self.assert_told(
            (
                "crm.qualification.criterion",
                "changed",
                "Asked twice",
                "Name: Asked → Asked twice\nWeight: 10 → 0",
            )
        )

    def test_what_is_answered(self):
        """Its domain follows from how it is answered; how long that counts decides, too."""
        self.asked.with_env(self.managed).write({"check_by": "answer", "answer_validity": 2})
        changes = self.changes()
        self.assertIn("Checked: By a filter on fields → Answered on the lead", changes[0].summary)
        self.assertIn("Answer Valid For: 0 → 2", changes[0].summary)
        self.assertEqual(changes[1].summary, f"Met by: {ANY} → Answered on the lead")
        self.asked.is_undisclosed_met = True
        told = self.changes().mapped("summary")
        self.assertEqual(told[0], "“Will Not Say” Counts: No → Yes")
        self.assertEqual(told[1], "Met by: Answered on the lead")

    def test_what_is_the_same(self):
        """Nothing is told, and the rules are not read again, where nothing has changed."""
        version = self.version()
        self.asked.write({"domain": self.asked.domain, "weight": 10})
        self.team.write({"stage_rule_policy": ENFORCE, "name": "Enforcers!"})
        self.stage_new.write({"sequence": 1, "requirements": "Be nice"})
        self.other.write({"description": "What we ask"})
        self.env["crm.stage"].browse().write({"sequence": 5})
        self.assert_told()
        self.assertEqual(self.version(), version)

    def test_what_is_shown(self):
        """It is read again, with the rules; it is no change of them."""
        version = self.version()
        self.other.write({"criterion_ids": [Command.update(self.asked.id, {"guidance": "Ask"})]})
        self.assert_told()
        self.assertNotEqual(self.version(), version)

    def test_a_framework_in_its_form(self):
        with Form(self.other.with_env(self.managed)) as form:
            with form.criterion_ids.edit(0) as line:
                line.weight = 5
            with form.rule_ids.edit(0) as line:
                line.tier = RECOMMENDED
        with Form(self.other.with_env(self.managed)) as form:
            form.rule_ids.remove(0)
        self.assertCountEqual(
            [(each.source, each.kind, each.summary) for each in self.changes()],
            [
                ("crm.qualification.criterion", "changed", "Weight: 10 → 5"),
                ("crm.stage.rule", "changed", "Importance: Required → Recommended"),
                (
                    "crm.stage.rule",
                    "deleted",
                    "Framework: Ours\nSequence: 10\nCriterion: Asked\nTo Enter: Qualified\n"
                    "Importance: Recommended",
                ),
            ],
        )

    def test_commands(self):
        self.other.with_env(self.managed).write(
            {
                "name": "Theirs",
                "rule_ids": [Command.delete(self.rule.id)],
                "criterion_ids": [
                    Command.delete(self.asked.id),
                    Command.create({"name": "New", "domain": ANY}),
                ],
            }
        )
        told = {(each.source.split(".")[-1], each.kind, each.res_name) for each in self.changes()}
        self.assertEqual(
            told,
            {
                ("framework", "changed", "Theirs"),
                ("rule", "deleted", "Asked to enter Qualified"),
                ("criterion", "deleted", "Asked"),
                ("criterion", "created", "New"),
            },
        )

    def test_a_copy_and_its_deletion(self):
        copy = self.other.with_env(self.managed).copy()
        kinds = ["framework", "criterion", "rule"]
        self.assertEqual([each.source.split(".")[-1] for each in self.changes()], kinds)
        copy.unlink()
        changes = self.changes()
        self.assertEqual([each.source.split(".")[-1] for each in changes], kinds[::-1])
        self.assertEqual(set(changes.mapped("kind")), {"deleted"})
        self.assertEqual(set(changes.mapped("framework_name")), {"Ours (copy)"})

    def test_an_import(self):
        result = self.managed["crm.qualification.criterion"].load(
            ["name", "framework_id/.id", "domain"],
            [["One", str(self.other.id), ANY], ["Two", str(self.other.id), ANY]],
        )
        self.assertEqual(result["messages"], [])
        self.assertEqual(self.changes().mapped("res_name"), ["One", "Two"])
        self.managed["crm.stage"].load([".id", "sequence"], [[str(self.stage_new.id), "7"]])
        self.assert_told(("crm.stage", "changed", "New", "Sequence: 1 → 7"))

    def test_a_rule(self):
        self.rule.with_env(self.managed).write(
            {"stage_id": self.stage_proposition.id, "date_from": "2030-02-01"}
        )
        change = self.assert_told(
            (
                "crm.stage.rule",
                "changed",
                "Asked to enter Proposition",
                "To Enter: Qualified → Proposition\nIn Force From: – → 02/01/2030",
            )
        )
        for record in (self.rule, self.asked, self.other, self.stage_qualified):
            found = change.search(record.action_view_rulebook_changes()["domain"])
            self.assertIn(change, found, record)
        self.assertNotIn(
            change, change.search(self.stage_won.action_view_rulebook_changes()["domain"])
        )

    def test_a_team(self):
        team = self.team.with_env(self.managed)
        team.write({"stage_rule_policy": OFF, "framework_id": self.other.id})
        self.assert_told(
            (
                "crm.team",
                "changed",
                "Enforcers",
                "Qualification Framework: – → Ours\nStage Rules: Enforce → Off",
            )
        )
        # what follows from it
        team.use_leads = False
        changes = self.changes()
        self.assertIn("Start Opportunities Freely: No → Yes", changes.summary)
        team.lead_properties_definition = [{"name": "aaaa", "string": "Motto", "type": "char"}]
        self.assertIn("– → Motto (char)", self.changes().summary)
        team.lead_properties_definition = []
        self.assertIn("Motto (char) → –", self.changes().summary)

    def test_company_settings(self):
        admin = new_test_user(
            self.env, "funnel_admin", "base.group_system,sales_team.group_sale_manager"
        )
        settings = self.env["res.config.settings"].with_user(admin).create({})
        settings.write({"stage_rule_policy": OFF, "qualification_framework_id": self.other.id})
        settings.execute()
        changes = self.changes().filtered(lambda each: each.source == "res.company")
        self.assertCountEqual(
            "\n".join(changes.mapped("summary")).splitlines(),
            [
                "Qualification Framework: BANT → Ours",
                "Stage Rules Without a Team: Guide → Off",
            ],
        )
        self.assertEqual(changes.by_user_id, admin)
        self.assertEqual(changes.company_id, self.env.company)
        self.env.company.resource_calendar_id.tz = "Pacific/Apia"
        self.assertIn("→ Pacific/Apia", self.changes().summary)

    def test_leads_in_use(self):
        everybody, leads = self.env.ref("base.group_user"), self.env.ref("crm.group_use_lead")
        is_used = leads in everybody.all_implied_ids
        everybody.implied_ids = [Command.unlink(leads.id) if is_used else Command.link(leads.id)]
        [change] = self.changes()
        self.assertEqual((change.source, change.kind), ("res.groups", "changed"))
        self.assertIn(leads.display_name, change.summary)
        everybody.implied_ids = [Command.link(self.env.ref("base.group_no_one").id)]
        self.assert_told()

    def test_a_template_is_followed_and_left(self):
        champ = self.env.ref("sales_funnel_stages.framework_champ")
        champ._install_shipped("champ")
        self.changes()
        team = self.team.with_env(self.managed)
        team.framework_id = champ
        changes = self.changes()
        made = changes.filtered(lambda each: each.source == "crm.stage.rule")
        self.assertEqual(set(made.mapped("kind")), {"created"})
        self.assertEqual(len(made), len(champ.rule_ids.filtered("stage_id")))
        self.assertEqual(set(changes.mapped("by_user_id")), {self.manager})
        self.assertIn("Template: Yes → No", changes.mapped("summary"))
        team.framework_id = False
        changes = self.changes()
        gone = changes.filtered(lambda each: each.source == "crm.stage.rule")
        self.assertEqual((len(gone), set(gone.mapped("kind"))), (len(made), {"deleted"}))
        self.assertIn("Template: No → Yes", changes.mapped("summary"))

    def test_a_stage(self):
        stage = self.managed["crm.stage"].create({"name": "Talks", "sequence": 9})
        self.assert_told(("crm.stage", "created", "Talks", "Stage Name: Talks\nSequence: 9"))
        stage.write({"is_won": True, "team_ids": [Command.link(self.team.id)]})
        self.assert_told(
            (
                "crm.stage",
                "changed",
                "Talks",
                "Is Won Stage?: No → Yes\nSales Teams: – → Enforcers",
            )
        )
        stage.unlink()
        self.assertEqual(self.changes().mapped("kind"), ["deleted"])

    def test_a_stage_with_its_rules(self):
        self.env["crm.stage.delete"].with_user(self.manager).create(
            {"stage_ids": [Command.set(self.stage_proposition.ids)]}
        ).action_confirm()
        changes = self.changes()
        self.assertEqual(set(changes.mapped("kind")), {"deleted"})
        self.assertEqual(changes[-1:].source, "crm.stage")
        self.assertEqual(set(changes[:-1].mapped("source")), {"crm.stage.rule"})

    def test_a_framework_that_loses_its_company(self):
        company = self.env["res.company"].create({"name": "There"})
        company.qualification_framework_id = self.framework
        self.other.company_id = company
        self.changes()
        company.unlink()
        self.assertFalse(self.other.company_id)
        change = self.changes().filtered(
            lambda each: (each.source, each.res_id) == (self.other._name, self.other.id)
        )
        self.assertEqual(change.summary, "Company: There → –")

    def test_a_translation(self):
        load_french(self.env, "sales_funnel_stages")
        self.changes()
        version = self.version()
        self.asked.with_env(self.managed).update_field_translations("name", {"fr_FR": "Demandé"})
        self.assert_told(
            ("crm.qualification.criterion", "changed", "Asked", "Name (fr_FR): Asked → Demandé")
        )
        self.assertNotEqual(self.version(), version)
        self.asked.with_env(self.managed).update_field_translations(
            "guidance", {"fr_FR": "Demandez."}
        )
        self.assert_told()
        self.rule.tier = RECOMMENDED
        change = self.changes().with_context(lang="fr_FR")
        self.assertEqual(change.summary, "Importance : Obligatoire → Recommandé")

    def test_what_is_undone_was_never_told(self):
        with self.assertRaises(UserError):
            self.other.with_env(self.managed).write(
                {
                    "name": "Theirs",
                    "criterion_ids": [Command.update(self.asked.id, {"domain": "[('x', '=', 1)]"})],
                }
            )
        self.assert_told()

    def test_the_number_of_queries_does_not_grow(self):
        counted = {}
        for size in (2, 20):
            criteria = self.env["crm.qualification.criterion"].create(
                [
                    {"name": f"{size}/{number}", "framework_id": self.other.id, "domain": ANY}
                    for number in range(size)
                ]
            )
            for weight in (1, 2):
                self.env.flush_all()
                self.env.invalidate_all()
                start = self.env.cr.sql_log_count
                criteria.write({"weight": weight})
                self.env.flush_all()
                counted[size] = self.env.cr.sql_log_count - start
        self.assertEqual(counted[2], counted[20])


@tagged("post_install", "-at_install")
class TestWhoSeesChanges(ChangesCommon):
    def test_nobody_changes_them(self):
        self.rule.tier = RECOMMENDED
        row = self.changes()
        admin = new_test_user(self.env, "funnel_admin", "base.group_system")
        admin.group_ids += self.env.ref("sales_team.group_sale_manager")
        for rows in (row, row.with_user(self.manager), row.with_user(admin).sudo()):
            for change in (
                lambda rows=rows: rows.write({"res_name": "Nicer"}),
                rows.unlink,
                lambda rows=rows: rows.create({"res_id": 1}),
                lambda rows=rows: rows.copy(),
            ):
                with self.assertRaisesRegex(UserError, "cannot be changed"):
                    change()
        for user in (self.manager, admin):
            for operation in ("write", "create", "unlink"):
                self.assertFalse(row.with_user(user).has_access(operation))
        values = {
            **{"version": "1", "date": "2020-01-01", "kind": "changed", "source": "crm.stage"},
            "res_id": 1,
        }
        once = row.with_context(**Recording(1).context())
        once.create([values])
        with self.assertRaises(UserError):
            once.create([values])

    def test_who_reads_them(self):
        self.rule.tier = RECOMMENDED
        row = self.changes()
        for user in (self.rep, self.all_rep):
            with self.assertRaises(AccessError):
                row.with_user(user).read(["res_name"])
            self.assertFalse(row.with_user(user).has_access("read"))
        self.assertEqual(row.with_user(self.manager).res_name, "Asked to enter Qualified")
        with self.assertRaises(AccessError):
            row.with_user(self.manager).read(["changes"])
        there = self.env["res.company"].create({"name": "There"})
        self.other.company_id = there
        self.changes()
        self.asked.weight = 3
        row = self.changes()
        self.assertFalse(row.with_user(self.manager).search([("id", "=", row.id)]))
        self.manager.company_ids += there
        both = row.with_user(self.manager).with_context(
            allowed_company_ids=self.manager.company_ids.ids
        )
        self.assertEqual(both.summary, "Weight: 10 → 3")

    def test_names_of_others_are_left_out(self):
        there = self.env["res.company"].create({"name": "There"})
        team = self.make_team("Secret team", GUIDE, company_id=there.id)
        self.stage_new.team_ids = self.team + team
        row = self.changes().filtered(lambda each: each.source == "crm.stage")
        self.assertEqual(row.summary, "Sales Teams: – → Enforcers, Secret team")
        self.assertEqual(row.with_user(self.manager).summary, "Sales Teams: – → Enforcers, …")

    def test_names_are_kept(self):
        self.other.unlink()
        rows = self.changes()
        self.assertFalse(rows.framework_id)
        self.assertEqual(set(rows.mapped("framework_name")), {"Ours"})


@tagged("post_install", "-at_install")
class TestVersionOfAStep(ChangesCommon):
    """A step says by which version of the rules it was judged, and what these were."""

    def test_loosened_for_a_move(self):
        """Who loosens a criterion, moves and restores it leaves a trace."""
        self.manager.group_ids -= self.env.ref("sales_funnel_stages.group_stage_rule_override")
        need = self.criterion("need").with_env(self.managed)
        lead = self.make_lead(**self.answers({**CONVERT_ANSWERS, "need_level": False}))
        strict, before = need.domain, self.version()
        need.domain = ANY
        lead.with_user(self.manager).convert_opportunity(self.customer)
        need.domain = strict
        row = self.rows(lead)[-1]
        self.assertEqual(row.verdict, "passed")
        loosened, restored = self.changes()
        self.assertEqual(row.rules_version, loosened.version)
        self.assertNotIn(row.rules_version, (before, restored.version, self.version()))
        action = row.with_user(self.manager).action_view_rules()
        then = loosened.with_user(self.manager).search(action["domain"], limit=1)
        self.assertEqual(then, loosened)
        self.assertEqual(then.summary, f"Met by: {strict} → {ANY}")
        self.assertEqual(then.by_user_id, self.manager)

    def test_before_any_change_was_told(self):
        """After an update no change has made the version that there is."""
        lead = self.make_lead()
        row = self.rows(lead)
        self.env.cr.execute("DELETE FROM crm_rulebook_change")
        changes = self.env["crm.rulebook.change"]
        self.assertFalse(changes.search(row.action_view_rules()["domain"]))
        # a version that nothing tells of: by its moment
        self.env["crm.rulebook"]._renew()
        row = self.rows(self.make_lead())
        self.rule.tier = RECOMMENDED
        changes = self.changes()
        self.assertEqual(changes.search(row.action_view_rules()["domain"]), changes)

    def test_every_way_says_it(self):
        lead = self.make_opportunity(user=self.env["res.users"].browse(SUPERUSER_ID))
        for change in (
            lambda: lead.write({"stage_id": self.stage_qualified.id}),
            lambda: lead.write({"team_id": False}),
            lambda: lead.action_set_lost(),
        ):
            self.team.stage_rule_policy = OFF if self.team.stage_rule_policy == GUIDE else GUIDE
            change()
            self.assertEqual(self.rows(lead)[-1].rules_version, self.version())


@tagged("post_install", "-at_install")
class TestSharedFramework(ChangesCommon):
    """Who changes a framework that companies share has all that follow it; others copy it."""

    @classmethod
    def setUpClass(cls):
        super().setUpClass()
        cls.there = cls.env["res.company"].create(
            {"name": "There", "qualification_framework_id": cls.other.id}
        )

    def assert_not_theirs(self, names="There"):
        criteria = self.managed["crm.qualification.criterion"]
        other, asked, rule = (
            record.with_env(self.managed) for record in (self.other, self.asked, self.rule)
        )
        own = self.managed["crm.qualification.framework"].create(
            {"name": "Own", "company_id": self.env.company.id}
        )
        moved = criteria.create({"name": "Moved", "framework_id": own.id, "domain": ANY})
        for change in (
            lambda: other.write({"name": "Mine"}),
            lambda: other.write({"company_id": self.env.company.id}),
            lambda: other.write({"rule_ids": [Command.delete(self.rule.id)]}),
            lambda: asked.write({"domain": "[]"}),
            lambda: asked.update_field_translations("name", {"en_US": "Mine"}),
            lambda: asked.write({"framework_id": own.id}),
            lambda: moved.write({"framework_id": other.id}),
            lambda: criteria.create({"name": "Mine", "framework_id": other.id, "domain": ANY}),
            lambda: asked.copy(),
            rule.unlink,
            lambda: rule.write({"tier": RECOMMENDED}),
        ):
            self.env.invalidate_all()
            with self.assertRaises(AccessError) as caught:
                change()
            self.assertIn(f"“Ours” is shared with {names}: only", str(caught.exception))
            self.assertIn("“Customize a Copy”", str(caught.exception))
        imported = criteria.load(
            ["name", "framework_id/.id", "domain"], [["Mine", str(other.id), ANY]]
        )
        self.assertIn("is shared with", imported["messages"][0]["message"])
        own.unlink()

    def test_who_has_not_all_companies(self):
        self.assert_not_theirs()
        self.manager.company_ids += self.there
        # whatever they look through
        self.asked.with_env(self.managed).weight = 4
        self.rule.with_env(self.managed).unlink()

    def test_followed_by_a_team(self):
        self.there.qualification_framework_id = self.framework
        self.asked.with_env(self.managed).weight = 4
        team = self.make_team("Their team", GUIDE, company_id=self.there.id)
        team.framework_id = self.other
        self.assert_not_theirs()
        team.active = False
        self.assert_not_theirs()
        # a team of all companies
        team.write({"company_id": False, "active": True})
        companies = self.env["res.company"].search([]) - self.manager.company_ids
        self.assert_not_theirs(", ".join(companies.mapped("name")))

    def test_what_nobody_else_follows(self):
        self.there.qualification_framework_id = self.framework
        self.asked.with_env(self.managed).weight = 4
        self.env.company.qualification_framework_id = self.other
        self.asked.with_env(self.managed).weight = 5

    def test_choosing_it_is_no_change_of_it(self):
        """Templates get their rules by whoever follows them."""
        champ = self.env.ref("sales_funnel_stages.framework_champ")
        self.there.qualification_framework_id = champ
        self.team.with_env(self.managed).framework_id = champ
        self.team.with_env(self.managed).framework_id = False

    def test_their_copy(self):
        other = self.other.with_env(self.managed)
        copy = other.browse(other.action_customize()["res_id"])
        self.assertEqual(copy.company_id, self.env.company)
        self.assertEqual(copy.criterion_ids.mapped("name"), ["Asked"])
        copy.criterion_ids.weight = 7
        self.assertEqual(
            (self.asked.weight, self.there.qualification_framework_id), (10, self.other)
        )
        self.assertEqual(self.other.rule_ids, self.rule)
        self.assertEqual(copy.copy().company_id, self.env.company)
        self.manager.company_ids = self.env["res.company"].search([])
        self.assertFalse(other.copy().company_id)
