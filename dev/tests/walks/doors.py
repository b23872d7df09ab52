"""What a client can call that may reach a lead, found by reflection.

A door is drawn as plain data, numbers and names; what they stand for is looked up when it is
entered, so that Hypothesis can shorten a walk.
"""

import inspect

from hypothesis import strategies as st

from odoo.exceptions import AccessError
from odoo.models import BaseModel
from odoo.service.model import get_public_method

LEAD = "crm.lead"
# Whoever owns a class of these has seen to it that it only reads, or it has nothing to do with
# where a lead stands and takes long: discussion, attachments, exports.
READING = ("read", "search", "name_", "fields_", "get_", "web_read", "has_", "check_", "formatted_")
NOT_WALKED = {
    # of programs in the same process, or of Odoo's own framework
    "browse", "concat", "env", "ensure_one", "exists", "export_data", "filtered", "flush_model",
    "flush_recordset", "grouped", "init", "invalidate_model", "invalidate_recordset", "mapped",
    "modified", "new", "sorted", "sudo", "union", "update", "user_has_groups", "view_init",
    "with_company", "with_context", "with_env", "with_prefetch", "with_user", "pool",
    # ask other companies' servers
    "iap_enrich", "action_generate_leads", "action_submit", "autocomplete_by_name",
    "autocomplete_by_vat", "enrich_by_domain", "enrich_by_duns", "enrich_by_gst",
    "iap_partner_autocomplete_get_tag_ids", "action_buy_credits",
    # let nobody in any more, write e-mails to strangers, or change what a password is
    "change_password", "preference_change_password", "revoke_all_devices", "signup",
    "action_reset_password", "reset_password", "send_unregistered_user_reminder",
    "action_test_outgoing_mail_server", "action_setup_outgoing_mail_server", "authenticate",
    "action_totp_invite", "action_revoke_all_devices",
}  # fmt: skip
# Of what a method may take, by its name: anything else gets a number or nothing.
USUAL = ("stage_id", "type", "team_id", "user_id", "company_id", "active", "probability")


def stored_fields(env):
    """→ names of the fields of a lead that can be written, with their types."""
    return {
        name: field.type
        for name, field in sorted(env[LEAD]._fields.items())
        if field.store
        and name not in ("id", "create_uid", "create_date", "write_uid", "write_date")
    }


def derived_fields(env):
    """→ names of stored fields of a lead that say what it counts as, and that Odoo computes."""
    fields = env[LEAD]._fields
    return [
        name
        for name, type_ in stored_fields(env).items()
        if type_ in ("selection", "boolean") and fields[name].compute and fields[name].readonly
    ]


def models_that_reach(env):
    """→ names of the models with a field that leads to leads, and leads themselves."""
    return [
        name
        for name, model in sorted(env.registry.items())
        if not model._abstract
        and (name == LEAD or any(each.comodel_name == LEAD for each in model._fields.values()))
    ]


def methods(env, model):
    """→ names of the methods of a model that a client may call, and that may change something."""
    model_class = env.registry[model]
    found = []
    for name in dir(model_class):
        if name.startswith(("_", *READING)) or name in NOT_WALKED:
            continue
        try:
            method = get_public_method(env[model], name)
        except (AccessError, AttributeError, TypeError):
            continue
        if inspect.isfunction(method) and not getattr(method, "_readonly", False):
            if name in ("create", "write", "unlink", "copy") or not _is_of_every_model(name):
                found.append(name)
    return found


def _is_of_every_model(name):
    # what only mixes the four
    return hasattr(BaseModel, name) and name not in (
        "action_archive", "action_unarchive", "load", "web_save", "toggle_active",
    )  # fmt: skip


def parameters(env, model, method):
    """→ the names of what a method takes, and whether it is called on records."""
    function = getattr(env.registry[model], method)
    taken = [
        each.name
        for each in [*inspect.signature(function).parameters.values()][1:]
        if each.kind in (each.POSITIONAL_OR_KEYWORD, each.KEYWORD_ONLY)
    ]
    return taken, not getattr(function, "_api_model", False)


index = st.integers(0, 15)


def doors(env):
    """→ a strategy of doors: ``(model, method, numbers of records, [(field, number), …])``."""
    fields = stored_fields(env)
    usual, derived = st.sampled_from(USUAL), st.sampled_from(derived_fields(env))
    field = st.one_of(usual, usual, usual, derived, st.sampled_from([*fields]))
    values = st.lists(st.tuples(field, index), min_size=1, max_size=4)
    some = st.lists(index, min_size=1, max_size=3)
    writing = st.tuples(
        st.just(LEAD),
        st.sampled_from(["write", "write", "web_save", "create", "load"]),
        some,
        values,
    )
    # what people do all day: one lead, and one thing or two
    few = st.lists(st.tuples(usual, index), min_size=1, max_size=2)
    one = st.lists(index, min_size=1, max_size=1)
    plain = st.tuples(st.just(LEAD), st.just("write"), one, few)
    of_leads = st.tuples(st.just(LEAD), st.sampled_from(methods(env, LEAD)), some, values)
    moving = [name for name in methods(env, LEAD) if _is_a_mover(name)]
    movers = st.tuples(st.just(LEAD), st.sampled_from(moving), some, values)
    several = st.lists(index, min_size=2, max_size=3, unique=True)
    merging = st.tuples(st.just(LEAD), st.just("merge_opportunity"), several, few)
    others = [
        (model, method)
        for model in models_that_reach(env)
        if model != LEAD
        for method in methods(env, model)
        if (model, method) not in LEFT_OUT
    ]
    buttons = [
        (model, method)
        for model, method in others
        if env[model]._transient and method.startswith("action_") and not _is_of_every_model(method)
    ]
    pressing, of_others = (
        st.sampled_from(pairs).flatmap(lambda pair: st.tuples(*map(st.just, pair), some, values))
        for pairs in (buttons, others)
    )
    daily = (plain, plain, plain, writing, writing, movers, movers)
    return st.one_of(*daily, merging, pressing, of_leads, of_others)


# Others' records, without which no walk goes on.
LEFT_OUT = {("res.partner", "unlink"), ("res.users", "unlink")}


def _is_a_mover(name):
    words = ("set_", "convert", "archive", "merge", "copy", "unlink", "restore", "move", "return",
             "advance", "request", "lost", "won")  # fmt: skip
    return any(word in name for word in words)
