"""A real sales pipeline from its CSV files, as tables for Odoo's import. Pure Python.

The data set is "CRM Sales Opportunities" of Maven Analytics: 8,800 opportunities of 35
sales agents with 85 accounts and 7 products. It is as real files are; what was made of
what does not fit is counted in :attr:`MavenFiles.notes`.
"""

import csv
from collections import Counter
from dataclasses import dataclass
from datetime import date, datetime
from pathlib import Path
from typing import NamedTuple

#: the module of the external ids
MODULE = "maven_crm"

#: the stage in Odoo that a deal of the files ends in, lost or not
STAGES = {
    "Prospecting": "crm.stage_lead1",
    "Engaging": "crm.stage_lead2",
    "Lost": "crm.stage_lead2",
    "Won": "crm.stage_lead4",
}

#: what the files misspell, or call otherwise than Odoo does
SPELLINGS = {
    "GTXPro": "GTX Pro",
    "technolgy": "technology",
    "Philipines": "Philippines",
    "Korea": "South Korea",
}

#: a list price from which on it is asked before the conversion what is required
MUCH = 1000


class Table(NamedTuple):
    """What ``load`` of a model takes."""

    model: str
    fields: list
    rows: list


@dataclass(frozen=True)
class Deal:
    """A row of the pipeline; what it does not tell is None."""

    name: str
    agent: str
    product: str
    account: str
    stage: str
    engaged: date
    closed: date
    value: int
    list_price: int

    @property
    def xmlid(self):
        """Its external id."""
        return xmlid("deal", self.name)

    @property
    def title(self):
        """What it is called in Odoo."""
        return f"{self.product} for {self.account or 'an unknown customer'} ({self.name})"


def xmlid(kind, name):
    """Return an external id.

    >>> xmlid("account", "Kan-code & Co")
    'maven_crm.account_kan_code_co'
    """
    words = "".join(char if char.isalnum() else " " for char in name.lower()).split()
    return "_".join([f"{MODULE}.{kind}", *words])


def joined(*tables):
    """Return tables about the same records as one; later ones count, empty is what none tells.

    >>> joined(
    ...     Table("m", ["id", "a", "b"], [["x", "1", "2"], ["y", "3", "4"]]),
    ...     Table("m", ["id", "b", "c"], [["y", "5", "6"]]),
    ... ).rows
    [['x', '1', '2', ''], ['y', '3', '5', '6']]
    """
    fields = list(dict.fromkeys(name for table in tables for name in table.fields))
    records = {}
    for table in tables:
        for row in table.rows:
            values = dict(zip(table.fields, row, strict=True))
            records.setdefault(values["id"], {}).update(values)
    rows = [[values.get(name, "") for name in fields] for values in records.values()]
    return Table(tables[0].model, fields, rows)


def month_first(text):
    """Return a date that is written month first, None where there is none.

    >>> month_first("3/1/2017"), month_first("")
    (datetime.date(2017, 3, 1), None)
    """
    return datetime.strptime(text, "%m/%d/%Y").date() if text else None


def csv_totals(folder):
    """Count the pipeline with nothing but the csv module: what an import is measured by.

    :return: ``won``, ``lost``, ``open`` (numbers of opportunities) and ``won revenue``
    """
    with open(Path(folder) / "sales_pipeline.csv", newline="") as file:
        rows = list(csv.DictReader(file))
    won = [row for row in rows if row["deal_stage"] == "Won"]
    lost = [row for row in rows if row["deal_stage"] == "Lost"]
    return {
        "won": len(won),
        "lost": len(lost),
        "open": len(rows) - len(won) - len(lost),
        "won revenue": sum(int(row["close_value"]) for row in won),
    }


def csv_quarters(folder):
    """Count what was closed, quarter by quarter, with nothing but the csv module.

    :return: ``{first day: (won, lost, revenue won)}``
    """
    quarters = {}
    with open(Path(folder) / "sales_pipeline.csv", newline="") as file:
        for row in csv.DictReader(file):
            if row["deal_stage"] in ("Won", "Lost"):
                first = quarter_of(datetime.strptime(row["close_date"], "%m/%d/%Y").date())
                won, lost, revenue = quarters.get(first, (0, 0, 0))
                is_won = row["deal_stage"] == "Won"
                quarters[first] = (
                    won + is_won,
                    lost + (not is_won),
                    revenue + is_won * int(row["close_value"]),
                )
    return quarters


def quarter_of(day):
    """Return the first day of the quarter of a day.

    >>> quarter_of(date(2017, 12, 31))
    datetime.date(2017, 10, 1)
    """
    return day.replace(month=(day.month - 1) // 3 * 3 + 1, day=1)


class MavenFiles:
    """The files of the folder, read once.

    :ivar deals: the rows of the pipeline, as :class:`Deal`
    :ivar notes: ``{what was made of something: how often}``
    """

    def __init__(self, folder):
        self.notes = Counter()
        self._folder = Path(folder)
        self._prices = {
            row["product"]: int(row["sales_price"]) for row in self._read("products.csv")
        }
        self._agents = self._read("sales_teams.csv")
        self._accounts = self._read("accounts.csv")
        self.deals = [self._make_deal(row) for row in self._read("sales_pipeline.csv")]
        self._last_close = max(deal.closed for deal in self.deals if deal.closed)

    def _read(self, name):
        with open(self._folder / name, newline="") as file:
            return list(csv.DictReader(file))

    def _spelled(self, text):
        """Return a text as Odoo spells it."""
        if text in SPELLINGS:
            self.notes[f"“{text}” was read as “{SPELLINGS[text]}”"] += 1
        return SPELLINGS.get(text, text)

    def _make_deal(self, row):
        if not row["account"]:
            self.notes["no account: the conversion creates an “Unknown customer”"] += 1
        if not row["engage_date"]:
            self.notes["no engagement date: taken for not engaged yet, stays in New"] += 1
        product = self._spelled(row["product"])
        return Deal(
            name=row["opportunity_id"],
            agent=row["sales_agent"],
            product=product,
            account=row["account"],
            stage=row["deal_stage"],
            engaged=month_first(row["engage_date"]),
            closed=month_first(row["close_date"]),
            value=int(row["close_value"] or 0),
            list_price=self._prices[product],
        )

    # ------------------------------------------------------------------
    # Master data
    # ------------------------------------------------------------------

    def master_data(self):
        """Return the tables that the pipeline points to, in the order to import them."""
        return [
            self._users("manager", "sales_team.group_sale_manager"),
            self._users("sales_agent", "sales_team.group_sale_salesman"),
            self._teams(),
            self._products(),
            self._industries(),
            self._companies(),
        ]

    def _users(self, column, group):
        """Managers and agents become users; their mails go nowhere."""
        names = dict.fromkeys(row[column] for row in self._agents)
        return Table(
            "res.users",
            ["id", "name", "login", "email", "group_ids/id"],
            [
                [
                    xmlid("user", name),
                    name,
                    name.lower().replace(" ", "."),
                    f"{name.lower().replace(' ', '.')}@example.com",
                    f"base.group_user,{group}",
                ]
                for name in names
            ],
        )

    def _teams(self):
        """A manager and their agents become a sales team, which enforces its stage rules."""
        members = {}
        for row in self._agents:
            members.setdefault((row["manager"], row["regional_office"]), []).append(
                xmlid("user", row["sales_agent"])
            )
        return Table(
            "crm.team",
            ["id", "name", "user_id/id", "member_ids/id", "use_leads", "stage_rule_policy"],
            [
                [
                    xmlid("team", manager),
                    f"{office} ({manager})",
                    xmlid("user", manager),
                    ",".join(agents),
                    "1",
                    "enforce",
                ]
                for (manager, office), agents in members.items()
            ],
        )

    def _products(self):
        """CRM knows no products: they become tags."""
        return Table(
            "crm.tag",
            ["id", "name"],
            [[xmlid("product", product), product] for product in self._prices],
        )

    def _industries(self):
        sectors = dict.fromkeys(
            SPELLINGS.get(row["sector"], row["sector"]) for row in self._accounts
        )
        return Table(
            "res.partner.industry",
            ["id", "name"],
            [[xmlid("sector", sector), sector.capitalize()] for sector in sectors],
        )

    def _companies(self):
        """Accounts become companies, parents before their subsidiaries."""
        return Table(
            "res.partner",
            ["id", "name", "is_company", "industry_id/id", "country_id", "parent_id/id", "comment"],
            [
                [
                    xmlid("account", row["account"]),
                    row["account"],
                    "1",
                    xmlid("sector", self._spelled(row["sector"])),
                    self._spelled(row["office_location"]),
                    row["subsidiary_of"] and xmlid("account", row["subsidiary_of"]),
                    f"Since {row['year_established']}, {row['employees']} employees, "
                    f"revenue {row['revenue']} million",
                ]
                for row in sorted(self._accounts, key=lambda row: bool(row["subsidiary_of"]))
            ],
        )

    # ------------------------------------------------------------------
    # The pipeline
    # ------------------------------------------------------------------

    def leads(self, deals, type_="lead"):
        """Return the table that creates leads, or opportunities, of deals."""
        teams = {row["sales_agent"]: xmlid("team", row["manager"]) for row in self._agents}
        return Table(
            "crm.lead",
            [
                "id",
                "name",
                "type",
                "user_id/id",
                "team_id/id",
                "partner_id/id",
                "contact_name",
                "tag_ids/id",
                "expected_revenue",
                "date_deadline",
            ],
            [
                [
                    deal.xmlid,
                    deal.title,
                    type_,
                    xmlid("user", deal.agent),
                    teams[deal.agent],
                    deal.account and xmlid("account", deal.account),
                    "" if deal.account else f"Unknown customer ({deal.name})",
                    xmlid("product", deal.product),
                    str(deal.list_price),
                    iso(deal.closed),
                ]
                for deal in deals
            ],
        )

    def past(self, deals):
        """Return the table that creates closed deals once more, as a past: at their dates."""
        leads = self.leads(deals, "opportunity")
        columns = ["stage_id/id", "active", "probability", "past_create_date", "date_closed"]
        rows = []
        for deal, (id_, *values) in zip(deals, leads.rows, strict=True):
            values[leads.fields.index("expected_revenue") - 1] = str(deal.value or 0)
            status = ["True", "100"] if deal.stage == "Won" else ["False", "0"]
            dates = [f"{deal.engaged} 09:00:00", f"{deal.closed} 12:00:00"]
            rows.append([f"{id_}_past", *values, STAGES[deal.stage], *status, *dates])
        return Table(leads.model, [*leads.fields, *columns], rows)

    def stages(self, deals):
        """Return the table of the stages that deals end in."""
        return Table(
            "crm.lead",
            ["id", "stage_id/id"],
            [[deal.xmlid, STAGES[deal.stage]] for deal in deals],
        )

    def answers_to_convert(self, deals):
        """What is in the pipeline is needed, at its list price, until the end of the file.

        Of what costs much, it is asked beforehand what exactly is needed.
        """
        return self._answers(
            deals,
            need_level=lambda deal: "weak",
            budget_status=lambda deal: "estimated",
            budget_amount=lambda deal: str(deal.list_price),
            purchase_date=lambda deal: iso(deal.closed or self._last_close),
            requirement_summary=lambda deal: deal.product if deal.list_price >= MUCH else "",
        )

    def answers_to_engage(self, deals):
        """With the engagement began the relationship, with whoever buys the product."""
        return self._answers(
            deals,
            contact_role=lambda deal: "buyer",
            first_contact_date=lambda deal: iso(deal.engaged),
            engagement_date=lambda deal: iso(deal.engaged),
            requirement_summary=lambda deal: deal.product,
        )

    def answers_to_propose(self, deals):
        """What was won later was needed, and open to a change of supplier."""
        return self._answers(
            deals,
            need_level=lambda deal: "strong",
            supplier_status=lambda deal: "under_review",
            payment_terms_status=lambda deal: "in_discussion",
        )

    def answers_to_win(self, deals):
        """What was won was signed, at the value in the file."""
        return self._answers(
            deals,
            payment_terms_status=lambda deal: "agreed",
            contract_status=lambda deal: "signed",
            budget_status=lambda deal: "confirmed",
            budget_amount=lambda deal: str(deal.value),
            expected_revenue=lambda deal: str(deal.value),
        )

    @staticmethod
    def _answers(deals, **columns):
        return Table(
            "crm.lead",
            ["id", *columns],
            [[deal.xmlid, *(value(deal) for value in columns.values())] for deal in deals],
        )


def iso(day):
    """Return a date as ``load`` reads it.

    >>> iso(date(2017, 3, 1)), iso(None)
    ('2017-03-01', '')
    """
    return day.isoformat() if day else ""
