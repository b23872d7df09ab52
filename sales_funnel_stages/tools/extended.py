"""Which methods of a class are somebody else's, too. Pure Python."""


def extended(cls, names, owners):
    """Return those of the named methods that a class has not from these classes alone.

    :param cls: the class of an Odoo model, made of one class for each addon that extends it
    :param names: of methods
    :param owners: classes

    >>> class Crm:
    ...     def convert(self): ...
    ...     def merge(self): ...
    >>> class Other:
    ...     def merge(self): ...
    >>> class Lead(Other, Crm): ...
    >>> extended(Lead, ["convert", "merge"], [Crm]), extended(Lead, ["merge"], [Crm, Other])
    ({'merge'}, set())
    """
    others = [each for each in cls.__mro__ if each not in owners]
    return {name for name in names if any(name in vars(each) for each in others)}
