"""What the rows of the dashboard's statement add up to. Pure Python."""

from dataclasses import dataclass

OUTCOMES = ("advanced", "lost", "returned", "set_aside", "merged", "deleted", "here")
# those by which leads leave the funnel
DROP_OFFS = ("lost", "returned", "set_aside", "merged", "deleted")
NOW, BEFORE = "now", "before"
# how many rows of the report a number of leads is made of
ROWS = ("reached_rows", "converted_rows", "skipped_rows")


def ratio(part, whole):
    """Return a share, None of nothing.

    >>> ratio(1, 4), ratio(0, 0)
    (0.25, None)
    """
    return part / whole if whole else None


def velocity(opportunities, won, lost, average_value, cycle_days, **rows):
    """Return how much a funnel earns a day, and its parts.

    :param rows: of how many rows of the report the parts are made, as ``won_rows``

    >>> velocity(40, 10, 30, 12000, 60)["value"]
    2000.0
    >>> velocity(40, 0, 30, None, None)["value"] is None
    True
    """
    win_rate = ratio(won, won + lost)
    return {
        "opportunities": opportunities,
        "won": won,
        "lost": lost,
        "win_rate": win_rate,
        "average_value": average_value,
        "cycle_days": cycle_days,
        "value": opportunities * win_rate * average_value / cycle_days
        if win_rate and average_value is not None and cycle_days
        else None,
        **rows,
    }


@dataclass(frozen=True)
class Figures:
    """The parts of the statement, each a list of dictionaries that say ``is_now``."""

    reached: list
    pace: list
    outcomes: list
    begun: list
    won: list
    lost: list
    trend: list

    def places(self):
        """Return ``{(step type, stage id)}`` of the steps that a lead was in."""
        return {_place(row) for row in self.reached}

    def steps(self, places):
        """Return the figures of steps, in both periods.

        :param places: ``[(step type, stage id, name)]``
        """
        periods = {NOW: self._steps(True), BEFORE: self._steps(False)}
        empty = _step({}, {}, {})
        return [
            {
                "key": f"{type_}-{stage_id or 0}",
                "type": type_,
                "stage_id": stage_id,
                "name": name,
                **{when: steps.get((type_, stage_id), empty) for when, steps in periods.items()},
            }
            for type_, stage_id, name in places
        ]

    def _steps(self, is_now):
        """Return ``{place: figures}``."""
        paces = {_place(row): row for row in self.pace if row["is_now"] == is_now}
        counts = {}
        for row in self.outcomes:
            if row["is_now"] == is_now:
                outcomes = counts.setdefault(_place(row), {})
                outcomes[row["outcome"]] = outcomes.get(row["outcome"], 0) + row["count"]
        return {
            _place(row): _step(row, paces.get(_place(row), {}), counts.get(_place(row), {}))
            for row in self.reached
            if row["is_now"] == is_now
        }

    def drop_off(self):
        """Return how often leads left the funnel, and why: the most frequent first.

        :return: ``[{"key", "outcome", "lost_reason_id", "lost_reason_name", "now", "before"}]``;
            the name only of a reason that does not exist any more
        """
        rows = {}
        for row in self.outcomes:
            outcome, reason_id = row["outcome"], row["lost_reason_id"]
            if outcome in DROP_OFFS:
                reason = reason_id, row.get("lost_reason_name")
                figures = rows.setdefault((outcome, reason), {NOW: 0, BEFORE: 0})
                figures[NOW if row["is_now"] else BEFORE] += row["count"]
        return [
            {
                "key": f"{outcome}-{reason_id or name or 0}",
                "outcome": outcome,
                "lost_reason_id": reason_id,
                "lost_reason_name": name,
                **figures,
            }
            for (outcome, (reason_id, name)), figures in sorted(
                rows.items(),
                key=lambda item: (
                    -item[1][NOW],
                    DROP_OFFS.index(item[0][0]),
                    -item[1][BEFORE],
                    item[0][1][0] or 0,
                    item[0][1][1] or "",
                ),
            )
        ]

    def velocity(self):
        """Return the :func:`velocity` of both periods."""
        return {NOW: self._velocity(True), BEFORE: self._velocity(False)}

    def _velocity(self, is_now):
        begun, won, lost = (
            next((row for row in rows if row["is_now"] == is_now), {})
            for rows in (self.begun, self.won, self.lost)
        )
        return velocity(
            begun.get("opportunities", 0),
            won.get("won", 0),
            lost.get("lost", 0),
            won.get("average_value"),
            won.get("cycle_days"),
            opportunities_rows=begun.get("opportunities_rows", 0),
            won_rows=won.get("won_rows", 0),
            decided_rows=won.get("won_rows", 0) + lost.get("lost_rows", 0),
        )


def _place(row):
    return row["step_type"], row["stage_id"]


def _step(row, pace, counts):
    """Return the figures of one step in one period."""
    reached, converted = row.get("reached", 0), row.get("converted", 0)
    return {
        "reached": reached,
        "converted": converted,
        "rate": ratio(converted, reached),
        "direct": row.get("direct", 0),
        "skipped": row.get("skipped", 0),
        "begun": row.get("begun", 0),
        **{name: row.get(name, 0) for name in ROWS},
        "median_days": pace.get("median_days"),
        "finished": pace.get("finished", 0),
        "value": row.get("value") or 0,
        "entered": sum(counts.values()),
        **{outcome: counts.get(outcome, 0) for outcome in OUTCOMES},
    }
