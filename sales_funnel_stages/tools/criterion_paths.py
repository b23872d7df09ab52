"""What no criterion may look at, whoever writes it. Pure Python that knows nothing of the ORM.

What a criterion says of a lead is told to everybody who works with it, and whoever may write one
can ask again and again: so a path that leads to a text tells that text, letter by letter.
"""

import re

#: models that no path enters, by how their names begin; with a dot: what is below, not the model
CLOSED = (
    # what Odoo itself is made of: parameters, attachments, code, access rights
    "base",
    "ir",
    "res.config",
    "res.groups",
    # how somebody gets in: keys, devices, sessions, one-time passwords
    "auth",
    "res.device",
    "res.users.",
    # credentials of servers and services
    "fetchmail",
    "iap",
    "payment.provider",
    "payment.token",
    # what people write to each other
    "bus",
    "discuss",
    "im_livechat",
    "mail",
    "rating",
    "sms",
    "snailmail",
    "whatsapp",
)

#: models among these that everybody in the company may see, as far as they see the record
OPEN = (
    "mail.activity",
    "mail.activity.type",
    "mail.followers",
)

# words of the names of fields that hold what lets somebody in
SECRET = re.compile(
    r"(^|_)(api_?key|credentials?|otp|passw(or)?d|private_key|pwd|secrets?|tokens?|totp)(_|$)|_key$"
)


def is_closed(model_name):
    """Tell whether no criterion may look into a model.

    >>> [is_closed(name) for name in ("ir.attachment", "mail.message", "res.users.apikeys", "base")]
    [True, True, True, True]
    >>> [is_closed(name) for name in ("res.users", "mail.activity", "mailing.list", "res.partner")]
    [False, False, False, False]
    """
    return model_name not in OPEN and any(
        model_name == name or model_name.startswith(f"{name.rstrip('.')}.") for name in CLOSED
    )


def is_secret(field_name):
    """Tell whether a field holds what lets somebody in, by its name.

    >>> [is_secret(name) for name in ("access_token", "password", "totp_secret", "shared_key")]
    [True, True, True, True]
    >>> [is_secret(name) for name in ("name", "broken_date", "is_key_contact", "passing_score")]
    [False, False, False, False]
    """
    return bool(SECRET.search(field_name))
