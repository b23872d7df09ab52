"""Where leads stand that meet nothing, before they go through a door."""

from freezegun import freeze_time

from odoo.fields import Date


def lead(test):
    return test.make_lead(test.door)


def late_lead(test):
    return test.make_lead(test.door, stage_id=test.stage_qualified.id)


def waiting_lead(test):
    """A lead that lead assignment is going to convert."""
    return test.make_lead(test.door, user_id=False, date_open=False)


def opportunity(test):
    return test.make_opportunity(test.door)


def likely(test):
    """An opportunity with a probability: archived, it is not lost."""
    return test.make_opportunity(test.door, probability=40)


def pair(test):
    """An opportunity, and another one beside it: ``test.twin``."""
    record, test.twin = opportunity(test), test.make_opportunity("Twin")
    return record


def duplicate(test):
    """A lead, and what it is merged with: ``test.twin``."""
    record, test.twin = lead(test), test.make_lead("Twin")
    return record


def ahead(test):
    """An opportunity, and a lead further on to be merged into it: ``test.twin``."""
    record = opportunity(test)
    test.twin = test.make_lead("Twin", stage_id=test.stage_proposition.id)
    return record


def lead_of_lost(test):
    """A lead, and a lost opportunity that it is merged into: ``test.twin``."""
    record, test.twin = lead(test), test.make_opportunity(test.door, test.stage_proposition)
    test.twin.with_env(test.env).action_set_lost()
    return record


def advanced(test):
    return test.make_opportunity(test.door, test.stage_proposition)


def won(test):
    return test.make_opportunity(test.door, test.stage_won)


def lost(test):
    record = test.make_opportunity(test.door)
    record.with_env(test.env).action_set_lost()
    return record


def due(test):
    """An opportunity that was lost for now, and is to be revisited today."""
    record = test.make_opportunity(test.door, test.stage_proposition)
    with freeze_time(Date.add(Date.today(), days=-30)):
        record.with_env(test.env).action_set_lost(revisit_date=Date.add(Date.today(), days=30))
    return record


def parked(test):
    return test.make_opportunity(test.door, test.stage_on_hold)


def stageless(test):
    """As ``ahead``, without a stage: what it is merged with gives it one."""
    record = ahead(test)
    record.with_env(test.env).stage_id = False
    return record
