"""A real Odoo 19, PostgreSQL and Chromium for whoever develops the addon.

``make`` lists what can be asked for; each target calls ``python3 -m dev``.
Everything that is prepared lies in the ignored folder ``.dev`` of the checkout.
Only the standard library is used here, since this runs before there is a
virtual environment.
"""
