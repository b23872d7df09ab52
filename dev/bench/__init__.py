"""What the addon costs: ratios against stock Odoo, taken in the same run.

``command`` runs outside of Odoo: it makes two databases that differ only in the addon and
starts ``python3 -m dev.bench`` in Odoo's environment, which does the rest: ``data`` fills the
databases, ``figures`` lists what is asked, ``actions`` says what is measured for it, ``side``
does it once in one of the databases by the ``clock``, ``measure`` many times in both, ``pairs``
has the arithmetic, and ``report`` prints. ``impact`` is measured by itself, on many more leads.

``pages`` lists what the web client's pages take, each a ``window``, and ``searches`` what is asked
of PostgreSQL as it is shipped: both in ``worlds`` of a company that has used Odoo for two years,
and goes on (``used_data``).
"""
