from odoo.tests import tagged

from odoo.addons.sales_funnel_stages.tests.erasure import test_texts_of_people


@tagged("post_install", "-at_install")
class TestTextsOfPeople(test_texts_of_people.TestTextsOfPeople):
    """As in the addon's own tests, where all of ours are installed."""
