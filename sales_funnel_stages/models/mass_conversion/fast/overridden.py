"""Which methods of a class are overridden, and by whom. Pure Python."""


def overridden(cls, names, modules):
    """Return those of the named methods that a class has from elsewhere than these modules.

    :param cls: the class of an Odoo model, made of one class for each module that extends it
    :param names: of methods
    :param modules: names of Odoo modules; one that ends in ``*`` stands for all that begin so;
        None is Odoo's class of all models

    >>> class Crm:
    ...     _module = "crm"
    ...     def convert(self): ...
    ...     def merge(self): ...
    >>> class Other:
    ...     _module = "other"
    ...     def merge(self): ...
    >>> class Lead(Other, Crm): ...
    >>> overridden(Lead, ["convert", "merge"], ["crm"]), overridden(Lead, ["merge"], ["*"])
    ({'merge'}, set())
    """
    prefixes = tuple(name[:-1] for name in modules if name and name.endswith("*"))
    known = set(modules)
    found = set()
    for each in cls.__mro__:
        # what is set on the class of the registry itself, as a test does, belongs to no module
        module = vars(each).get("_module", "")
        if each is object or module in known or (prefixes and (module or "").startswith(prefixes)):
            continue
        found.update(name for name in names if name in vars(each))
    return found
