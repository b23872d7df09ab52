from odoo.tests import tagged

from odoo.addons.sales_funnel_stages.tests.mass_conversion import test_conversion_undo

from .common import JobQueueCommon


@tagged("post_install", "-at_install")
class TestConversionUndoInQueue(JobQueueCommon, test_conversion_undo.TestConversionUndo):
    """The queue undoes what it has done."""
