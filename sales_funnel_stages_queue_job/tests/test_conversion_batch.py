from odoo.tests import tagged

from odoo.addons.sales_funnel_stages.tests.mass_conversion import test_conversion_batch

from .common import JobQueueCommon


@tagged("post_install", "-at_install")
class TestConversionBatchInQueue(JobQueueCommon, test_conversion_batch.TestConversionBatch):
    """All that scheduled jobs do, the queue does alike."""
