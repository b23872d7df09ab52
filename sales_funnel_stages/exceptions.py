from odoo.exceptions import UserError


class StageRuleError(UserError):
    """A move that the stage rules refuse.

    The message names every lead and every unmet criterion. ``context`` travels to
    clients over RPC, so that they can read the same without parsing text.
    """

    def __init__(self, message, refusals, can_override=False, ready_ids=()):
        """
        :param str message: what a person reads
        :param list[dict] refusals: one entry a refused lead:
            ``index`` (its place in the batch), ``lead_id``, ``lead_name``, ``message``
            (its part of the text), ``stage_id`` (that it cannot enter; False where it
            has none), ``is_conversion`` (it was to become an opportunity), ``is_new``
            (it was being created), ``is_hand_over`` (into whose hands it was to come is what
            is refused), ``criterion_ids`` (unmet and required) and
            ``furthest_stage_id`` (the last stage that it may enter; False: it has to
            stay a lead)
        :param bool can_override: whether whoever is refused may override the rules
        :param ready_ids: ids of the leads that the same call was to move, and may
        """
        super().__init__(message)
        self.refusals = refusals
        self._own_context = {
            "stage_rule_refusals": refusals,
            "stage_rule_can_override": can_override,
            "stage_rule_ready_ids": [*ready_ids],
        }
        self.context = {}

    @property
    def context(self):
        return self._context

    @context.setter
    def context(self, context):
        # an automation rule that was refused gives an error its own
        context.update(self._own_context)
        self._context = context


class StageInUseError(UserError):
    """A stage that cannot be deleted, since stage rules name it.

    The message names all that holds it. ``context`` travels to clients over RPC; the web
    client offers to do away with the rules.
    """

    def __init__(self, message, stage_ids):
        """
        :param str message: what a person reads
        :param list[int] stage_ids: the stages that were to be deleted
        """
        super().__init__(message)
        self.context = {"stage_in_use_ids": stage_ids}
