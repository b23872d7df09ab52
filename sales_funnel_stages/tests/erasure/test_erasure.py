from odoo.tests import tagged

from ...models.ledger.proof.content import TEXTS, VERSION
from ...tools.person import Person
from ..approval.test_stage_request import StageRequestCommon
from ..support.common import CONVERT_ANSWERS
from ..support.conversion_batch_common import ConversionBatchCommon

NAME, EMAIL = "Ada 100%_Lovelace", "ada@love.example.com"
WHY = f"The aunt of {NAME.upper()}\n signs for her"
NOBODY = Person(words=("Charles Babbage", "charles@engine.example.com"))
ADA = Person(words=(NAME, EMAIL))


def read(records):
    """Return what the database has of these, text by text."""
    records.env.flush_all()
    records.env.invalidate_all()
    return records.sudo().read()


@tagged("post_install", "-at_install")
class TestErasure(StageRequestCommon):
    """What is said of a person is blanked, and nothing else."""

    def assert_blanked(self, records, person, **blanks):
        """Assert that somebody is forgotten, of which just these values tell afterwards."""
        records = records.sudo()
        self.assertLessEqual(
            records, records.search(records._get_person_domain(person)), "it is not found"
        )
        before = read(records)
        records._forget(person)
        after = read(records)
        for old, new in zip(before, after, strict=True):
            changed = {name: new[name] for name in old if old[name] != new[name]}
            for name in ("display_name", "summary", "write_date", "write_uid"):
                changed.pop(name, None)
            if salts := changed.pop("salts", None):
                self.assert_salts_erased(old["salts"], salts, blanks)
            self.assertEqual(changed, blanks)

    def assert_salts_erased(self, before, after, blanks):
        """Assert that of what is blanked no salt is left, by which it could be guessed."""
        for name, old, new in zip(TEXTS[VERSION], before, after, strict=True):
            self.assertEqual(new != old, name in blanks, name)
            if name in blanks:
                self.assertNotIn(old, new)
        self.assertFalse(self.env["crm.stage.transition"].sudo().verify_ledger()["problems"])

    def assert_kept(self, records, person):
        records = records.sudo()
        self.assertFalse(records & records.search(records._get_person_domain(person)))
        before = read(records)
        records._forget(person)
        self.assertEqual(read(records), before)

    def last_row(self, lead):
        rows = self.env["crm.stage.transition"]
        return rows.search([("lead_id", "=", lead.id)], order="id desc", limit=1)

    def override(self, reason=WHY, name="Some opportunity", **values):
        lead = self.make_opportunity(name, user=self.manager, **values)
        lead.move_with_reason({"stage_id": self.stage_qualified.id}, reason)
        return lead

    def test_the_reason_in_the_history(self):
        lead = self.override()
        self.assert_kept(self.last_row(lead), NOBODY)
        self.assert_blanked(self.last_row(lead), ADA, reason=False)
        self.assertEqual(lead.stage_id, self.stage_qualified)

    def test_the_address_is_enough(self):
        lead = self.override(reason=f"Ask {EMAIL.upper()}")
        self.assert_blanked(self.last_row(lead), ADA, reason=False)

    def test_what_only_looks_like_it(self):
        """A name is no pattern."""
        lead = self.override(reason="Ada 1000 xLovelace")
        self.assert_kept(self.last_row(lead), ADA)

    def test_all_of_a_lead_of_theirs(self):
        lead = self.override(reason="She pays in kind")
        hers = ADA._replace(lead_ids=tuple(lead.ids))
        self.assert_blanked(self.last_row(lead), hers, reason=False, lead_name=False)

    def test_names_of_colleagues(self):
        """Who did it is blanked for a colleague who leaves, and for no customer."""
        lead = self.override(reason="She pays in kind")
        colleague = Person(words=(self.manager.name, "not@known.example.com"))
        self.assert_blanked(self.last_row(lead), colleague, by_user_name=False, user_name=False)

    def test_notes_of_a_reason(self):
        lead, other = self.override(), self.override()
        telling = lead.sudo().message_ids.filtered(lambda m: "aunt" in (m.body or ""))
        self.assertEqual(len(telling), 1)
        bodies = {message: message.body for message in lead.sudo().message_ids - telling}
        self.last_row(lead).sudo()._forget(ADA)
        self.assertFalse(telling.body)
        self.assertEqual({message: message.body for message in bodies}, bodies)
        # it belongs to a row of its own
        self.assertIn("aunt", "".join(other.sudo().message_ids.mapped("body")))

    def test_a_request_that_waits(self):
        lead = self.make_opportunity(**self.answers(CONVERT_ANSWERS))
        request = self.ask(lead, self.stage_qualified, WHY)
        activity = request.sudo().activity_ids
        self.assertIn("aunt", activity.note)
        self.assert_blanked(request, ADA, reason="Erased")
        self.assertFalse(activity.note)
        self.assertEqual(request.state, "pending")

    def test_what_was_answered(self):
        lead = self.make_opportunity(**self.answers(CONVERT_ANSWERS))
        request = self.ask(lead, self.stage_qualified, "They are in a hurry")
        request.with_user(self.leader).action_decline(WHY)
        messages = lead.sudo().message_ids | self.env["mail.message"].search(
            [("model", "=", "crm.lead"), ("res_id", "=", lead.id)]
        )
        self.assertEqual("".join(map(str, messages.mapped("body"))).count("aunt"), 2)
        self.assert_blanked(request, ADA, decision_reason=False)
        self.assertNotIn("aunt", "".join(map(str, messages.mapped("body"))))

    def test_a_move_that_was_held_back(self):
        lead = self.make_opportunity(f"Engine of {NAME}")
        row = self.env["crm.stage.refusal"]._record(
            [
                {
                    "lead_id": lead.id,
                    "lead_ref": lead.id,
                    "lead_name": lead.name,
                    "date": self.env.cr.now(),
                    "policy": "enforce",
                }
            ]
        )
        row = self.env["crm.stage.refusal"].search([("lead_id", "=", lead.id)])
        self.assert_kept(row, NOBODY)
        self.assert_blanked(row, ADA, lead_name=False)

    def test_evidence_of_an_answer(self):
        lead = self.make_lead()
        criterion = self.env["crm.qualification.criterion"].create(
            {"name": "Asked", "framework_id": self.framework.id, "check_by": "answer"}
        )
        values = {"lead_id": lead.id, "criterion_id": criterion.id, "answer": "yes"}
        answer = self.env["crm.qualification.answer"].create({**values, "evidence": WHY})
        self.assert_kept(answer, NOBODY)
        self.assert_blanked(answer, ADA, evidence=False)

    def test_stakeholders(self):
        contact = self.env["res.partner"].create({"name": "Countess", "email": EMAIL})
        role = {"lead_id": self.make_lead().id, "role": "buyer", "relationship": "champion"}
        stakeholders = self.env["crm.lead.stakeholder"]
        by_name = stakeholders.create({**role, "contact_name": NAME})
        by_contact = stakeholders.create({**role, "partner_id": contact.id})
        self.assert_kept(by_name + by_contact, NOBODY)
        ada = ADA._replace(partner_ids=tuple(contact.ids))
        self.assert_blanked(by_name, ada, contact_name="Erased")
        self.assert_blanked(by_contact, ada, contact_name="Erased", partner_id=False)

    def test_a_contact_that_is_deleted(self):
        """No deal keeps its name, whoever deletes it; who is left keeps theirs."""
        contact, other = self.env["res.partner"].create([{"name": NAME}, {"name": "Charles"}])
        role = {"lead_id": self.make_lead().id, "role": "buyer"}
        hers, his, unlinked = self.env["crm.lead.stakeholder"].create(
            [
                {**role, "partner_id": contact.id},
                {**role, "partner_id": other.id},
                {**role, "contact_name": "Mary"},
            ]
        )
        contact.with_user(self.env.ref("base.user_admin")).unlink()
        names = [each["contact_name"] for each in read(hers + his + unlinked)]
        self.assertEqual(names, ["Erased", "Charles", "Mary"])
        self.assertEqual(hers.role, "buyer")

    def test_nobody_else_changes_the_history(self):
        row = self.last_row(self.override())
        with self.assertRaisesRegex(Exception, "cannot be changed"):
            row.sudo().reason = False
        self.assertFalse(hasattr(type(row), "forget"), "no name by which it is called over RPC")


@tagged("post_install", "-at_install")
class TestErasureOfBatches(ConversionBatchCommon):
    def start(self):
        leads = self.make_leads("Ada", "Bo", "Cy", user=self.manager, need_level="none")
        wizard = self.open_wizard(leads).save()
        wizard.override_reason = WHY
        batch_id = wizard.action_mass_convert()["res_id"]
        while self.work_on_chunk():
            pass
        return leads, self.env["crm.lead.conversion.batch"].browse(batch_id)

    def test_what_was_chosen_and_what_became_of_it(self):
        leads, batch = self.start()
        counts = batch.done_count, batch.line_count
        self.assertTrue(batch.search(batch._get_person_domain(ADA)))
        batch._forget(ADA)
        line = batch.line_ids[:1]
        self.assertTrue(line.values_before)
        line._forget(Person(words=(NAME, EMAIL), lead_ids=tuple(leads[:1].ids)))
        self.env.invalidate_all()
        self.assertFalse(batch.override_reason)
        self.assertFalse(line.lead_name or line.values_before or line.reason)
        self.assertTrue(all(batch.line_ids[1:].mapped("values_before")))
        self.assertEqual((batch.done_count, batch.line_count), counts)

    def test_what_was_before_tells_an_address(self):
        line = self.start()[1].line_ids[:1]
        line.values_before = {"email_from": EMAIL, "function": "Ünïcode"}
        for word in (EMAIL.upper(), "Ünïcode"):
            found = line.search(line._get_person_domain(Person(words=(word,))))
            self.assertEqual(found, line)

    def test_a_reason_goes_with_the_last_lead(self):
        leads, batch = self.start()
        leads[1:].sudo().unlink()
        batch._gc_reasons()
        self.assertEqual(batch.override_reason, WHY)
        leads[:1].sudo().unlink()
        batch._gc_reasons()
        self.env.invalidate_all()
        self.assertFalse(batch.override_reason)
