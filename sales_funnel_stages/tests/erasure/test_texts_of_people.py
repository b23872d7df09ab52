from odoo.tests import TransactionCase, tagged

from ..support.texts import IMPERSONAL, OF_LEADS, find_personal_texts, find_texts, merged


@tagged("post_install", "-at_install")
class TestTextsOfPeople(TransactionCase):
    """Of each text that we store it is known whether it may be about a person."""

    def test_each_is_known(self):
        personal = find_personal_texts(self.env)
        self.assertTrue(all(personal.values()))
        known = merged(personal, IMPERSONAL, OF_LEADS)
        self.assertEqual(find_texts(self.env), known)

    def test_none_is_both(self):
        personal = find_personal_texts(self.env)
        for name, fields in merged(IMPERSONAL, OF_LEADS).items():
            self.assertFalse(fields & personal.get(name, set()), name)
