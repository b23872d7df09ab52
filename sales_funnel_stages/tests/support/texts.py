"""All texts that our addons store, found in the models, and what is known of those about nobody."""

PREFIX = "sales_funnel_stages"
TYPES = ("binary", "char", "html", "json", "properties", "reference", "text")
# What our addons have set up, and names of stages, teams, criteria, lost reasons and fields: about
# nobody.
IMPERSONAL = {
    "crm.lead.conversion.batch": {"name", "user_context"},
    # ids, and how often
    "crm.lead.conversion.batch.line": {"follower_ids", "notices"},
    "crm.qualification.criterion": {"name", "domain", "guidance"},
    "crm.qualification.framework": {"name", "description"},
    "crm.qualification.answer.past": {"criterion_name"},
    "crm.rulebook": {"version"},
    "crm.rulebook.change": {"about", "changes", "framework_name", "res_name", "version"},
    "crm.stage.past": {"name"},
    "crm.stage.refusal": {"stage_name", "team_name"},
    "crm.stage.request": {"missing", "place"},
    "crm.stage.alarm": {"occasion"},
    "crm.stage.seal": {"hash", "row_ranges"},
    # of texts about people there are salts, and hashes that nobody can guess them from
    "crm.stage.transition": {
        "from_stage_name",
        "from_team_name",
        "frozen_ids",
        "hash",
        "lost_reason_name",
        "receipt",
        "rules_version",
        "salts",
        "team_name",
        "to_stage_name",
    },
}
# Odoo's lookup finds a person's leads by itself; with them goes what they say, Odoo's and ours.
OF_LEADS = {"crm.lead": {"incumbent_supplier", "need_summary", "requirement_summary"}}


def find_texts(env):
    """Return ``{model: {field, …}}`` of all texts that our addons store for longer than a day."""
    found = {}
    for name, model in env.registry.items():
        if model._abstract or model._transient or not model._auto:
            continue
        fields = {
            field.name
            for field in model._fields.values()
            if field.store and field.type in TYPES and is_ours(field)
        }
        if fields:
            found[name] = fields
    return found


def is_ours(field):
    return any(module.startswith(PREFIX) for module in field._modules or ())


def find_personal_texts(env):
    """Return ``{model: {field, …}}`` of what is found and blanked."""
    return {
        name: set(env[name]._personal_texts)
        for name in env["crm.erasure.mixin"]._get_models_about_people()
    }


def merged(*named):
    """Add up what dictionaries of sets say of the same keys."""
    found = {}
    for each in named:
        for key, values in each.items():
            found[key] = found.get(key, set()) | values
    return found
