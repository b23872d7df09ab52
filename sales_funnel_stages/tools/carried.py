"""Objects that our own code carries along in a context. Pure Python."""


class Carried:
    """An object that travels in the context of an environment, one of each kind at a time.

    No client can put one there, since RPC brings texts, numbers and lists only. Each is equal
    to itself only: Odoo takes contexts that are equal for one and the same environment.

    >>> from types import SimpleNamespace
    >>> class Report(Carried): ...
    >>> class LongReport(Report): ...
    >>> report = LongReport()
    >>> Report.of(SimpleNamespace(context=report.context())) is report
    True
    >>> Report.of(SimpleNamespace(context={key: {} for key in report.context()})) is None
    True
    >>> Report() == Report()
    False
    """

    __eq__ = object.__eq__
    __hash__ = object.__hash__

    def __init_subclass__(cls, **options):  # pylint: disable=missing-return
        super().__init_subclass__(**options)
        if Carried in cls.__bases__:
            cls.key = f"sales_funnel_stages.{cls.__name__}"

    @classmethod
    def of(cls, env):
        """Return the object of this kind that an environment's context carries, or None."""
        found = env.context.get(cls.key)
        return found if isinstance(found, cls) else None

    def context(self):
        """Return what to add to a context so that it carries this object."""
        return {self.key: self}
