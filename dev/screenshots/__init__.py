"""Pictures of the running product, and the screens of which they are taken.

``screens`` lists the screens that are ours and how to get there, ``pictures`` which of them are
shown to whom, and how. ``command`` runs outside of Odoo: it makes a database and starts
``python3 -m dev.screenshots`` in Odoo's environment, where ``take`` goes through the list with the
``browser`` that Odoo's tours run in, after ``data`` has added what the demo data lack. The test
``dev/tests/test_screens.py`` visits the same screens, and asks whether everybody can use them.
"""
