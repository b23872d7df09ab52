from .described_field import DescribedField


class DatabaseField(DescribedField):
    """A field that is not stored, by which the database can group and sort all the same.

    Its class has ``to_sql``, which Odoo calls to group or sort by it. To say that one can, Odoo
    would call it as well, for each list, kanban and form that is opened: here it is just said.
    """

    def _description_sortable(self, env):
        return True

    def _description_groupable(self, env):
        return True
