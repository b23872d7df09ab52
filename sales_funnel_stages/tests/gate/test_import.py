from odoo.fields import Command
from odoo.tests import tagged

from ...models.gate.doors.import_rows import ImportReport
from ...tools.rulebook import GUIDE, OFF
from ..support.case import StageRuleAssertions
from ..support.common import (
    CONVERT_ANSWERS,
    PROPOSITION_ANSWERS,
    QUALIFIED_ANSWERS,
    WON_ANSWERS,
    StageRuleCommon,
)

FIELDS = ["id", "name", "type", "stage_id/.id", "team_id/.id", "user_id/.id"]


@tagged("post_install", "-at_install")
class TestImport(StageRuleCommon, StageRuleAssertions):
    @classmethod
    def setUpClass(cls):
        super().setUpClass()
        cls.leads = cls.env["crm.lead"].with_user(cls.rep)

    # ------------------------------------------------------------------
    # Vocabulary
    # ------------------------------------------------------------------

    def row(self, name, stage=None, type_="opportunity", **answers):
        """Return a row of a file, as ``{column: text}``."""
        stage = self.stage_new if stage is None else stage
        return {
            "id": f"import_test.{name.lower().replace(' ', '_')}",
            "name": name,
            "type": type_,
            "stage_id/.id": str(stage.id),
            "team_id/.id": str(self.team.id),
            "user_id/.id": str(self.rep.id),
            **{field: str(value) for field, value in self.answers(answers).items()},
        }

    def qualified_row(self, name, stage=None, **answers):
        return self.row(name, stage, **{**CONVERT_ANSWERS, **answers})

    def load(self, rows, lenient=False, user=None, **context):
        """Import rows and return what ``load`` returned; each may have its own columns."""
        columns = list(dict.fromkeys(column for row in rows for column in row))
        if lenient:
            context.update(ImportReport(is_lenient=True).context())
        return (
            self.env["crm.lead"]
            .with_user(user or self.rep)
            .with_context(**context)
            .load(columns, [[row.get(column, "") for column in columns] for row in rows])
        )

    def imported(self, row):
        """Return the lead that a row has become, empty if none."""
        return self.env.ref(row["id"], raise_if_not_found=False) or self.env["crm.lead"]

    def assert_nothing_imported(self, result, rows):
        self.assertFalse(result["ids"])
        self.assertFalse(
            self.env["crm.lead"]
            .with_context(active_test=False)
            .search([("name", "in", [row["name"] for row in rows])])
        )
        names = [row["id"].partition(".")[2] for row in rows]
        self.assertFalse(
            self.env["ir.model.data"].search(
                [("module", "=", "import_test"), ("name", "in", names)]
            )
        )

    def refused_rows(self, result):
        """Return the numbers of the rows that the rules refused, from 0."""
        return [
            message["rows"]["from"] for message in result["messages"] if message.get("stage_rule")
        ]

    def assert_other_error(self, result, row, text):
        """Assert that a row is named with an error that is not of the stage rules.

        Odoo adds the same error once more, for the first row of the batch.
        """
        others = [message for message in result["messages"] if not message.get("stage_rule")]
        self.assertIn({"from": row, "to": row}, [message["rows"] for message in others])
        for message in others:
            self.assertEqual(message["type"], "error")
            self.assertIn(text, message["message"])

    # ------------------------------------------------------------------
    # Refused rows
    # ------------------------------------------------------------------

    def test_all_refused_rows_are_named(self):
        rows = [
            self.row(f"Row {number}") if number % 6 else self.qualified_row(f"Row {number}")
            for number in range(60)
        ]
        result = self.load(rows)
        self.assert_nothing_imported(result, rows)
        self.assertEqual(self.refused_rows(result), [number for number in range(60) if number % 6])
        self.assertEqual(len(result["messages"]), 50)
        for message in result["messages"]:
            number = message["rows"]["from"]
            self.assertEqual(message["type"], "error")
            self.assertEqual(message["rows"], {"from": number, "to": number})
            self.assertEqual(message["record"], number)
            self.assertEqual(
                message["message"],
                f"“Row {number}” cannot become an opportunity yet. Not met: "
                "Need identified, Budget known, Buys within six months.",
            )

    def test_qualified_rows_are_imported(self):
        rows = [
            self.row("A lead", type_="lead"),
            self.qualified_row("New"),
            self.qualified_row("Further", self.stage_qualified, **QUALIFIED_ANSWERS),
        ]
        result = self.load(rows)
        self.assertEqual(result["messages"], [])
        lead, new, further = self.leads.browse(result["ids"])
        self.assert_moved(lead, type_="lead")
        self.assert_moved(new, self.stage_new)
        self.assert_moved(further, self.stage_qualified)

    def test_each_row_names_what_it_lacks(self):
        rows = [
            self.qualified_row("Too far", self.stage_proposition, requirement_summary="Some"),
            self.qualified_row("Good"),
            self.row("Bare", need_level="weak"),
        ]
        result = self.load(rows)
        self.assert_nothing_imported(result, rows)
        self.assertEqual(
            [(message["record"], message["message"]) for message in result["messages"]],
            [
                (
                    0,
                    "“Too far” cannot enter Proposition yet. Not met: Relationship with "
                    "the key contact, Engagement discussed, Strong need, Payment terms in "
                    "discussion, No supplier settled in place.",
                ),
                (
                    2,
                    "“Bare” cannot become an opportunity yet. Not met: Budget known, "
                    "Buys within six months.",
                ),
            ],
        )

    def test_other_errors_of_the_file_are_reported_too(self):
        rows = [
            self.row("Refused"),
            self.qualified_row("Bad value") | {"need_level": "enormous"},
            self.row("Refused as well"),
        ]
        result = self.load(rows)
        self.assert_nothing_imported(result, rows)
        self.assertEqual(self.refused_rows(result), [0, 1, 2])
        [other] = [each for each in result["messages"] if not each.get("stage_rule")]
        self.assertEqual(other["field"], "need_level")
        self.assertEqual(other["rows"], {"from": 1, "to": 1})

    def test_row_by_row_when_the_batch_fails_otherwise(self):
        """A row that Odoo itself refuses makes it try every row alone."""
        rows = [self.row(f"Refused {number}") for number in range(15)]
        # a lost lead cannot be in a won stage, says a constraint of crm's
        broken = self.qualified_row("Broken", self.stage_won, active="0", probability="0")
        rows.insert(7, broken)
        result = self.load(rows)
        self.assert_nothing_imported(result, rows)
        self.assertEqual(self.refused_rows(result), [*range(7), *range(8, 16)])
        self.assert_other_error(result, 7, "A lead in a Won stage cannot be lost.")

    def test_refused_import_leaves_nothing_in_caches(self):
        # a worker that has nothing else to forget
        self.env.registry.cache_invalidated.clear()
        row = self.row("Twice")
        result = self.load([row])
        self.assert_nothing_imported(result, [row])
        with self.assertRaises(ValueError):
            self.env["ir.model.data"]._xmlid_lookup(row["id"])
        result = self.load([self.qualified_row("Twice")])
        self.assertEqual(result["messages"], [])
        self.assertEqual(self.imported(row).id, result["ids"][0])

    def test_refused_import_forgets_what_it_created_on_the_way(self):
        """A stage that the file creates is gone from the rules too."""
        book = self.leads._get_rulebook()
        rows = [self.row("Row")]
        del rows[0]["stage_id/.id"]
        rows[0]["stage_id"] = "Brand-new stage"
        result = self.load(
            rows,
            user=self.manager,
            import_file=True,
            name_create_enabled_fields={"stage_id": True},
        )
        self.assertEqual(self.refused_rows(result), [0])
        self.assert_nothing_imported(result, rows)
        self.assertFalse(self.env["crm.stage"].search([("name", "=", "Brand-new stage")]))
        self.assertEqual(self.leads._get_rulebook(), book)

    def test_limit(self):
        """The web client imports a file in parts: each has the numbers of its own rows."""
        rows = [self.row(f"Row {number}") for number in range(30)]
        result = self.load(rows, _import_limit=20)
        self.assertEqual(self.refused_rows(result), list(range(20)))
        self.assertEqual(result["nextrow"], 20)

    # ------------------------------------------------------------------
    # Who is refused, and when
    # ------------------------------------------------------------------

    def test_only_enforce_refuses(self):
        rows = [self.row("Any", self.stage_proposition), self.row("Won", self.stage_won)]
        for policy in (GUIDE, OFF):
            with self.subTest(policy=policy):
                self.team.stage_rule_policy = policy
                result = self.load(rows)
                self.assertEqual(result["messages"], [])
                self.assertEqual(
                    self.leads.browse(result["ids"]).stage_id,
                    self.stage_proposition + self.stage_won,
                )
                self.leads.browse(result["ids"]).sudo().unlink()

    def test_odoobot_is_not_held_back(self):
        rows = [self.row("By OdooBot", self.stage_won)]
        result = self.load(rows, user=self.env.ref("base.user_root"))
        self.assertEqual(result["messages"], [])
        self.assertEqual(self.imported(rows[0]).won_status, "won")

    def test_no_value_from_outside_makes_an_import_lenient(self):
        rows = [self.row("Refused")]
        for forged in (True, 1, "lenient", {"is_lenient": True}, ["is_lenient"]):
            with self.subTest(forged=forged):
                result = self.load(rows, **{ImportReport.key: forged})
                self.assertEqual(self.refused_rows(result), [0])
                self.assert_nothing_imported(result, rows)

    # ------------------------------------------------------------------
    # Lenient
    # ------------------------------------------------------------------

    def test_lenient_import_lets_rows_in_as_far_as_they_qualify(self):
        rows = [
            self.row("Bare", self.stage_won),
            self.qualified_row("Converted", self.stage_won),
            self.qualified_row("Engaged", self.stage_won, **QUALIFIED_ANSWERS),
            self.qualified_row(
                "Unsigned",
                self.stage_won,
                **QUALIFIED_ANSWERS,
                **PROPOSITION_ANSWERS,
            ),
            self.qualified_row(
                "Won",
                self.stage_won,
                **QUALIFIED_ANSWERS,
                **PROPOSITION_ANSWERS,
                **WON_ANSWERS,
            )
            | {"partner_id/.id": str(self.customer.id)},
        ]
        closing = {"probability": "100", "date_closed": "2026-01-31 12:00:00"}
        result = self.load([row | closing for row in rows], lenient=True)
        bare, converted, engaged, unsigned, won = self.leads.browse(result["ids"])
        self.assert_moved(bare, type_="lead")
        self.assertEqual(bare.won_status, "pending")
        self.assert_moved(converted, self.stage_new)
        self.assert_moved(engaged, self.stage_qualified)
        self.assert_moved(unsigned, self.stage_proposition)
        for lead in bare + converted + engaged + unsigned:
            self.assertLess(lead.probability, 100)
            self.assertFalse(lead.date_closed)
        self.assert_moved(won, self.stage_won)
        self.assertTrue(won.date_closed)
        self.assertEqual([message["type"] for message in result["messages"]], ["warning"] * 4)
        self.assertEqual(self.refused_rows(result), [0, 1, 2, 3])
        self.assertEqual(
            [message["message"].partition("Not met: ")[2] for message in result["messages"]],
            [
                "Need identified, Budget known, Buys within six months, Requirements identified, "
                "Relationship with the key contact, Engagement discussed, Strong need, Payment "
                "terms in discussion, No supplier settled in place, Contract signed, Customer "
                "set. Imported as a lead.",
                "Requirements identified, Relationship with the key contact, Engagement "
                "discussed, Strong need, Payment terms in discussion, No supplier settled in "
                "place, Contract signed, Customer set. Imported into New.",
                "Strong need, Payment terms in discussion, No supplier settled in place, Contract "
                "signed, Customer set. Imported into Qualified.",
                "Contract signed, Customer set. Imported into Proposition.",
            ],
        )

    def test_lenient_import_still_reports_what_else_is_wrong(self):
        rows = [
            self.row("Held back"),
            self.qualified_row("Bad value") | {"budget_status": "enormous"},
        ]
        result = self.load(rows, lenient=True)
        self.assert_nothing_imported(result, rows)
        self.assertIn("error", [message["type"] for message in result["messages"]])

    def test_lenient_row_by_row(self):
        rows = [
            self.row("Held back"),
            self.qualified_row("Broken", self.stage_won, active="0", probability="0"),
        ]
        result = self.load(rows, lenient=True)
        self.assert_nothing_imported(result, rows)
        self.assertEqual(self.refused_rows(result), [0])
        self.assertEqual(result["messages"][0]["type"], "warning")
        self.assert_other_error(result, 1, "A lead in a Won stage cannot be lost.")

    def test_lenient_import_of_lost_rows(self):
        """A lost opportunity that never qualified is imported as a lost lead."""
        rows = [self.row("Lost", self.stage_qualified, active="0", probability="0")]
        result = self.load(rows, lenient=True)
        lead = self.leads.browse(result["ids"])
        self.assert_moved(lead, type_="lead")
        self.assertEqual(lead.won_status, "lost")

    def test_lenient_import_where_opportunities_start_freely(self):
        """A team without leads gets an opportunity in its first stage."""
        self.team.use_leads = False
        rows = [self.row("New"), self.row("Further", self.stage_proposition)]
        self.assertEqual(self.refused_rows(self.load(rows)), [1])
        result = self.load(rows, lenient=True)
        self.assertEqual(self.refused_rows(result), [1])
        for lead in self.leads.browse(result["ids"]):
            self.assert_moved(lead, self.stage_new)

    def test_a_default_stage_is_no_way_around(self):
        """The context's default stage counts for rows without one, held back ones too."""
        row = self.row("Won by default")
        del row["stage_id/.id"]
        result = self.load([row], default_stage_id=self.stage_won.id)
        self.assertEqual(self.refused_rows(result), [0])
        result = self.load([row], lenient=True, default_stage_id=self.stage_won.id)
        self.assertEqual(self.refused_rows(result), [0])
        lead = self.leads.browse(result["ids"])
        self.assert_moved(lead, type_="lead")
        self.assertEqual(lead.won_status, "pending")

    def test_a_report_can_be_used_for_several_imports(self):
        report = ImportReport(is_lenient=True)
        first = self.load([self.row("First")], **report.context())
        second = self.load([self.row("Second")], **report.context())
        self.assertEqual(len(first["messages"]), 1)
        self.assertEqual(len(second["messages"]), 1)
        self.assertIn("Second", second["messages"][0]["message"])

    # ------------------------------------------------------------------
    # Updates
    # ------------------------------------------------------------------

    def existing(self, name, stage=None, **values):
        """Create a lead with the external id that a row of that name has."""
        make = self.make_opportunity if stage else self.make_lead
        lead = make(name, **({"stage": stage} if stage else {}), **values)
        xmlid = self.row(name)["id"].partition(".")[2]
        self.env["ir.model.data"].create(
            {"module": "import_test", "name": xmlid, "model": "crm.lead", "res_id": lead.id}
        )
        return lead

    def test_updates_are_refused_row_by_row(self):
        leads = [self.existing(f"Lead {number}") for number in range(15)]
        rows = [{"id": f"import_test.lead_{number}", "type": "opportunity"} for number in range(15)]
        for number in (3, 11):
            rows[number].update(
                {name: str(value) for name, value in self.answers(CONVERT_ANSWERS).items()}
            )
        result = self.load(rows)
        self.assertFalse(result["ids"])
        self.assertEqual(
            self.refused_rows(result), [number for number in range(15) if number not in (3, 11)]
        )
        for lead in leads:
            self.assert_moved(lead, type_="lead")
            self.assertFalse(lead.need_level)

    def test_updates_by_database_id(self):
        lead = self.make_lead("By id")
        result = self.load([{".id": str(lead.id), "type": "opportunity"}])
        self.assertEqual(self.refused_rows(result), [0])
        self.assert_moved(lead, type_="lead")

    def test_filling_and_moving_in_one_row(self):
        lead = self.existing("Lead")
        row = self.qualified_row("Lead", self.stage_qualified, **QUALIFIED_ANSWERS)
        result = self.load([row])
        self.assertEqual(result["messages"], [])
        self.assert_moved(lead, self.stage_qualified)

    def test_lenient_updates_go_as_far_as_they_qualify(self):
        converted = self.answers(CONVERT_ANSWERS)
        engaged = self.answers(CONVERT_ANSWERS, QUALIFIED_ANSWERS)
        cases = [
            (self.existing("Bare"), "lead", self.stage_new, "Kept as a lead."),
            (
                self.existing("Ready", **converted),
                "opportunity",
                self.stage_new,
                "Converted into an opportunity in New",
            ),
            (
                self.existing("Ready and more", **engaged),
                "opportunity",
                self.stage_qualified,
                "Converted into an opportunity in Qualified",
            ),
            (
                self.existing("In New", self.stage_new, **converted),
                "opportunity",
                self.stage_new,
                "Kept in New",
            ),
            (
                self.existing("In New and more", self.stage_new, **engaged),
                "opportunity",
                self.stage_qualified,
                "Moved to Qualified",
            ),
            (
                # further on already than it qualifies for: left there
                self.existing("Ahead", self.stage_qualified, **converted),
                "opportunity",
                self.stage_qualified,
                "Kept in Qualified",
            ),
        ]
        rows = [
            {
                "id": self.row(lead.name)["id"],
                "type": "opportunity",
                "stage_id/.id": str(self.stage_won.id),
                "contact_name": "Updated",
            }
            for lead, *_rest in cases
        ]
        result = self.load(rows, lenient=True)
        self.assertEqual(result["ids"], [lead.id for lead, *_rest in cases])
        self.assertEqual(self.refused_rows(result), list(range(6)))
        for (lead, type_, stage, outcome), message in zip(cases, result["messages"], strict=True):
            with self.subTest(lead=lead.name):
                self.assert_moved(lead, stage, type_)
                self.assertEqual(lead.contact_name, "Updated")
                self.assertEqual(lead.won_status, "pending")
                self.assertEqual(message["type"], "warning")
                self.assertIn(outcome, message["message"])

    def test_update_that_changes_the_team_and_moves(self):
        """The stricter of both teams judges; held back, the lead changes its team only.

        What the row asked for is what is said to be refused, also where the new team would
        have let it go part of the way.
        """
        lax = self.env["crm.team"].create(
            {
                "name": "Lax",
                "stage_rule_policy": OFF,
                "framework_id": self.env["crm.qualification.framework"].create({"name": "None"}).id,
                "member_ids": [Command.set(self.all_rep.ids)],
            }
        )
        lead = self.existing("Lead", self.stage_new, **self.answers(CONVERT_ANSWERS))
        row = {
            "id": "import_test.lead",
            "team_id/.id": str(lax.id),
            "user_id/.id": str(self.all_rep.id),
            "stage_id/.id": str(self.stage_proposition.id),
        }
        self.assertEqual(self.refused_rows(self.load([row], user=self.all_rep)), [0])
        self.assertEqual(lead.sudo().team_id, self.team)
        result = self.load([row], user=self.all_rep, lenient=True)
        [message] = result["messages"]
        self.assertIn("“Lead” cannot enter Proposition yet.", message["message"])
        self.assertIn("Kept in New.", message["message"])
        self.assertEqual(lead.sudo().team_id, lax)
        self.assert_moved(lead, self.stage_new)

    def test_a_property_counts_in_the_row_that_fills_it(self):
        self.team.lead_properties_definition = [
            {"name": "approved", "string": "Approved", "type": "char"}
        ]
        criterion = self.env["crm.qualification.criterion"].create(
            {
                "name": "Approved",
                "framework_id": self.framework.id,
                "domain": "[('lead_properties.approved', '=', 'yes')]",
            }
        )
        self.env["crm.stage.rule"].create(
            {"framework_id": self.framework.id, "criterion_id": criterion.id, "tier": "required"}
        )
        lead = self.existing("Lead", **self.answers(CONVERT_ANSWERS))
        row = {"id": "import_test.lead", "type": "opportunity"}
        self.assertEqual(self.refused_rows(self.load([row])), [0])
        self.assert_moved(lead, type_="lead")
        result = self.load([row | {"lead_properties.approved": "yes"}])
        self.assertEqual(result["messages"], [])
        self.assert_moved(lead, type_="opportunity")
        self.assertEqual(lead.lead_properties["approved"], "yes")

    # ------------------------------------------------------------------
    # Cost
    # ------------------------------------------------------------------

    def test_queries_do_not_grow_with_what_is_refused(self):
        """Refusing rows costs the batch once more, not queries for each refused row."""

        def queries_for(rows, lenient):
            # without external ids, whose writing is Odoo's
            rows = [{name: value for name, value in row.items() if name != "id"} for row in rows]
            self.env.flush_all()
            before = self.env.cr.sql_log_count
            self.load(rows, lenient=lenient)
            self.env.flush_all()
            return self.env.cr.sql_log_count - before

        for lenient in (False, True):
            with self.subTest(lenient=lenient):
                queries_for([self.row("Warm up")], lenient)
                queries_for([self.qualified_row("Warm up")], lenient)
                of_good = {
                    size: queries_for([self.qualified_row("Good")] * size, lenient)
                    for size in (10, 60)
                }
                of_bad = {size: queries_for([self.row("Bad")] * size, lenient) for size in (10, 60)}
                twice = 2 * (of_good[60] - of_good[10])
                # for a lead that is held back, Odoo searches its first stage; after each savepoint
                # that is undone, it is asked anew which version of the rules there is, and once
                # whether there are companies to keep apart
                self.assertLessEqual(of_bad[60] - of_bad[10], twice + 50 + 6)
