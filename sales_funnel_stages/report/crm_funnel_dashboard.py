from odoo import api, models
from odoo.fields import Date, Datetime, Domain
from odoo.tools import SQL

from ..tools import funnel_figures
from ..tools.funnel_period import Period
from .crm_funnel_dashboard_query import FIGURES, LOST_LEADS, STAY
from .funnel_sql import SORTED
from .given import read_domain, read_months, read_period
from .undone import counted

# of longer periods, the trend is told by month
MOST_WEEKS = 14


class CrmFunnelReport(models.Model):
    """What the funnel dashboard shows of the report's rows. Definitions: readme/FUNNEL.md.

    Queries: one for all figures of two periods, one for the contacts, and a few small ones: how
    long the ledger is, and the names of stages and lost reasons.
    """

    _inherit = "crm.funnel.report"

    @api.model
    @api.readonly
    def get_dashboard(self, domain, date_from, date_to, months=0):
        """Return what the dashboard shows of the leads that whoever asks may read.

        :param domain: a domain of this model, to which the figures are limited
        :param date_from: the first day of the period, as the user's time zone has it
        :param date_to: its last day
        :param months: how many months the period before lies earlier; 0 for as many days,
            right before

        Steps are entered in a period, and what became of them is told as it was when the
        period was as old as it is today. So the period before is not ahead, for having had more
        time.

        :raise UserError: where it is given what is no such thing
        :return: a dictionary of

            - ``period``, ``before``: ``{"from", "to", "start", "stop"}``: first and last day, and
              the moments (UTC) at which they begin and at which they are over; ``before`` has
              ``as_of``, too: the moment as of which it is told
            - ``currency_id``, and ``is_converted``: whether there were several
            - ``contacts``: None where the domain limits leads; else ``{"now", "before"}``, each
              ``{"reached", "converted", "rate"}``, and ``domains``, by which they are found
            - ``steps``: a list in the order of the pipeline of ``{"key", "type", "stage_id",
              "name", "is_beside", "now", "before"}``, the last two of figures by name; the stage
              is one of ``crm.funnel.stage``, below zero where it was deleted; beside the pipeline
              is what leads do not go through. Of a number of leads, ``…_rows`` says how many rows
              of the report it opens; ``begun`` is how many of those that reached the step became
              opportunities in the period
            - ``drop_off``: a list of ``{"key", "outcome", "lost_reason_id", "lost_reason_name",
              "name", "now", "before"}``, the most frequent first; a reason that was deleted has
              only its name of then
            - ``velocity``: ``{"now", "before"}``, each as ``funnel_figures.velocity``
            - ``trend``: ``{"unit", "rows"}``, each row ``{"first", "leads", "opportunities",
              "customers", "start", "stop"}``, and the rows of each number as above; the last two
              are the moments at which it begins and is over
        """
        first, last = read_period(self, date_from, date_to)
        period = Period(first, Date.add(last, days=1))
        before = period.before(read_months(self, months))
        domain = read_domain(self, domain)
        figures = self._get_dashboard_figures(domain, period, before)
        currencies = self.env.companies.currency_id
        return {
            "period": self._prepare_dashboard_period(period),
            "before": {
                **self._prepare_dashboard_period(before),
                "as_of": Datetime.to_string(self._get_dashboard_as_of(period, before)),
            },
            "currency_id": self.env.company.currency_id.id,
            "is_converted": len(currencies) > 1,
            "contacts": self._get_dashboard_contacts(period, before)
            if domain.optimize_full(self).is_true()
            else None,
            "steps": self._get_dashboard_steps(figures),
            "drop_off": self._name_drop_off(figures.drop_off()),
            "velocity": figures.velocity(),
            "trend": self._prepare_dashboard_trend(figures.trend, period),
        }

    # ------------------------------------------------------------------
    # Periods
    # ------------------------------------------------------------------

    @api.model
    def _prepare_dashboard_period(self, period):
        return {
            "from": Date.to_string(period.first),
            "to": Date.to_string(period.last),
            **self._prepare_dashboard_moments(period),
        }

    @api.model
    def _get_dashboard_as_of(self, period, before):
        """Return the moment at which the period before was as old as the period is now."""
        (start, _stop), (first, _stop) = (each.moments(self.env.tz) for each in (period, before))
        return self.env.cr.now() - (start - first)

    @api.model
    def _get_dashboard_unit(self, period):
        return "week" if (period.stop - period.first).days <= 7 * MOST_WEEKS else "month"

    @api.model
    def _prepare_dashboard_trend(self, rows, period):
        """Return the trend as ``get_dashboard`` says, with the moments of each week or month.

        They are the server's to tell: the browser may be in another time zone than its user.
        """
        unit = self._get_dashboard_unit(period)
        told = []
        for row in rows:
            first = Date.to_date(row["first"])
            days = Period(first, Date.add(first, **{f"{unit}s": 1}))
            told.append({**row, **self._prepare_dashboard_moments(days)})
        return {"unit": unit, "rows": told}

    @api.model
    def _prepare_dashboard_moments(self, period):
        start, stop = period.moments(self.env.tz)
        return {"start": Datetime.to_string(start), "stop": Datetime.to_string(stop)}

    # ------------------------------------------------------------------
    # Figures
    # ------------------------------------------------------------------

    @api.model
    def _get_dashboard_figures(self, domain, period, before):
        """Return the :class:`funnel_figures.Figures` of two periods."""
        times = [each.moments(self.env.tz) for each in (before, period)]
        start = times[1][0]
        as_of = SQL(
            "(CASE WHEN crm_funnel_report.date >= %s THEN %s ELSE %s END)",
            start,
            self.env.cr.now(),
            self._get_dashboard_as_of(period, before),
        )
        columns = SQL(
            STAY,
            start=start,
            as_of=as_of,
            is_entered=_is_in_either(SQL("crm_funnel_report.date"), times),
            rate=self._rate_to_sql(),
        )
        [row] = self.env.execute_query(
            SQL(
                FIGURES,
                counted=counted(self._counting(domain).env),
                found=self._select_dashboard_stays(columns, domain, times),
                start=start,
                is_lost=_is_in_either(SQL("lost_date"), times),
                unit=self._get_dashboard_unit(period),
                timezone=str(self.env.tz),
            )
        )
        return funnel_figures.Figures(*(part or [] for part in row))

    @api.model
    def _select_dashboard_stays(self, columns, domain, times):
        """Return the stays that began or were lost in one of two times.

        Where all of the ledger is sorted for them, once; else those that began earlier are
        looked up by who was lost.
        """
        entered = Domain("date", ">=", times[0][0]) & _in_either("date", times)
        lost = Domain("outcome", "=", "lost") & _in_either("left_date", times)
        query = self._choose_query((domain & entered).optimize_full(self))
        if query is SORTED:
            return self._search(domain & (_in_either("date", times) | lost)).select(columns)
        looked_up = self.with_context(**query.context())
        earlier = looked_up._search(domain & lost & ~_in_either("date", times))
        # as an array, by which the index is used
        earlier.add_where(
            SQL(
                "crm_funnel_report.lead_ref = ANY(ARRAY(%s))",
                SQL(LOST_LEADS, is_in_time=_is_in_either(SQL("row.date"), times)),
            )
        )
        began = looked_up._search(domain & entered)
        return SQL("%s UNION ALL %s", began.select(columns), earlier.select(columns))

    @api.model
    def _rate_to_sql(self):
        """Return by what to multiply a value to have it in the currency of the company.

        As Odoo's own sums do: at today's rate.
        """
        company, today = self.env.company, Date.context_today(self)
        currency = company.currency_id
        cases = [
            SQL(
                "WHEN %s THEN %s",
                other.id,
                currency._get_conversion_rate(other, currency, company, today),
            )
            for other in self.env.companies.currency_id - currency
        ]
        if not cases:
            return SQL("1")
        return SQL("(CASE crm_funnel_report.company_currency %s ELSE 1 END)", SQL(" ").join(cases))

    # ------------------------------------------------------------------
    # Steps, and their names
    # ------------------------------------------------------------------

    @api.model
    def _get_dashboard_steps(self, figures):
        """Return the steps to show, as ``get_dashboard`` says: the pipeline, and what is beside.

        In the pipeline are all stages that no team has for itself, and where a lead was besides.
        Beside it is where a lead was that is no step of it, or is none any more.
        """
        used = figures.places()
        stages = self.env["crm.funnel.stage"]
        # what is read of a view is not told what is written to its tables
        stages.invalidate_model(flush=False)
        stages = stages.search([])
        pipeline = stages.filtered(
            lambda each: not (each.is_deleted or each.is_won or each.is_outside_pipeline)
        )
        shared = pipeline.filtered("is_shared")
        always = {("lead", None), ("customer", None)} | {("opportunity", id_) for id_ in shared.ids}
        no_stage = ("opportunity", None, self.env._("No stage"))
        places = [
            ("lead", None, self.env._("Lead")),
            *(("opportunity", stage.id, stage.name) for stage in pipeline),
            ("customer", None, self.env._("Customer")),
        ]
        # a stage that has become a won one was a step before, as was one that was deleted
        beside = [
            *(("opportunity", stage.id, stage.name) for stage in stages - pipeline),
            no_stage,
            *(("outside", stage.id, stage.name) for stage in stages),
            ("outside", *no_stage[1:]),
        ]
        shown = [place for place in places if place[:2] in always | used]
        steps = figures.steps([*shown, *(place for place in beside if place[:2] in used)])
        return [{**step, "is_beside": number >= len(shown)} for number, step in enumerate(steps)]

    @api.model
    def _name_drop_off(self, rows):
        """Add names to reasons why leads left the funnel."""
        outcomes = dict(self._fields["outcome"]._description_selection(self.env))
        reasons = self.env["crm.lost.reason"].browse(
            row["lost_reason_id"] for row in rows if row["lost_reason_id"]
        )
        names = dict(zip(reasons.ids, reasons.mapped("name"), strict=True))
        outcomes["lost"] = self.env._("Lost, no reason given")
        return [
            {
                **row,
                "name": names.get(row["lost_reason_id"])
                or row["lost_reason_name"]
                or outcomes[row["outcome"]],
            }
            for row in rows
        ]


def _in_either(name, times):
    """Return a domain: a date is in one of the times."""
    return Domain.OR(Domain(name, ">=", start) & Domain(name, "<", stop) for start, stop in times)


def _is_in_either(column, times):
    """Return the same of a column, in SQL."""
    (first, middle), (start, stop) = times
    return SQL(
        "(%(column)s >= %(first)s AND %(column)s < %(middle)s"
        " OR %(column)s >= %(start)s AND %(column)s < %(stop)s)",
        column=column,
        first=first,
        middle=middle,
        start=start,
        stop=stop,
    )
