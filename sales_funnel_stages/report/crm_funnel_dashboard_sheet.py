from odoo import api, models

from ..tools.funnel_figures import OUTCOMES


class CrmFunnelReport(models.Model):
    """The dashboard as the rows of a spreadsheet."""

    _inherit = "crm.funnel.report"

    @api.model
    def _get_dashboard_sheet(self, dashboard, filters=()):
        """Return the figures of a dashboard, one a row.

        :param dashboard: as ``get_dashboard`` returns it
        :param filters: what it is limited to, as the search bar says it, in texts
        :return: the headers, and rows of where it is from, what it is, and the figure in the
            period and in the one before; the filters come first, without figures
        """
        period, before = (
            f"{days['from']} – {days['to']}" for days in (dashboard["period"], dashboard["before"])
        )
        headers = [self.env._("Part"), self.env._("Figure"), period, before]
        rows = [(self.env._("Filters"), text, None, None) for text in filters]
        rows += [
            (step["name"], label, step["now"].get(name), step["before"].get(name))
            for step in self._get_sheet_steps(dashboard)
            for name, label in self._get_sheet_labels().items()
            if name in step["now"]
        ]
        rows += [
            (self.env._("Drop-off"), row["name"], row["now"], row["before"])
            for row in dashboard["drop_off"]
        ]
        velocity = dashboard["velocity"]
        rows += [
            (self.env._("Velocity"), label, velocity["now"][name], velocity["before"][name])
            for name, label in self._get_sheet_velocity_labels().items()
        ]
        return headers, rows

    @api.model
    def _get_sheet_steps(self, dashboard):
        contacts = dashboard["contacts"]
        return [
            *([{**contacts, "name": self.env._("Contact")}] if contacts else []),
            *dashboard["steps"],
        ]

    @api.model
    def _get_sheet_labels(self):
        outcomes = dict(self._fields["outcome"]._description_selection(self.env))
        return {
            "reached": self.env._("Reached"),
            "direct": self.env._("Never before in the funnel"),
            "skipped": self.env._("Skipped it"),
            "converted": self.env._("Went on (leads)"),
            "rate": self.env._("Rate of going on"),
            "median_days": self.env._("Median days"),
            "value": self.env._("Value (%s)", self.env.company.currency_id.name),
            "entered": self.env._("Entered"),
            **{name: outcomes[name] for name in OUTCOMES},
        }

    @api.model
    def _get_sheet_velocity_labels(self):
        currency = self.env.company.currency_id.name
        return {
            "value": self.env._("A day (%s)", currency),
            "opportunities": self.env._("Opportunities"),
            "won": self.env._("Won"),
            "lost": self.env._("Lost"),
            "win_rate": self.env._("Win rate"),
            "average_value": self.env._("Average value won (%s)", currency),
            "cycle_days": self.env._("Days to win"),
        }
