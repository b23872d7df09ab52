"""The languages in which screens are looked at."""


def load(admin, codes):
    """Have these languages, with all that Odoo and the addon say in them; which takes a while."""
    ids = _find(admin, codes)
    wizard = admin.create("base.language.install", {"lang_ids": [(6, 0, ids)]})
    admin.call("base.language.install", "lang_install", [wizard])


def activate(admin, codes):
    """Have these languages, without what is said in them."""
    admin.call("res.lang", "write", _find(admin, codes), vals={"active": True})


def _find(admin, codes):
    return admin.call(
        "res.lang",
        "search",
        domain=[("code", "in", sorted(codes))],
        context={"active_test": False},
    )
