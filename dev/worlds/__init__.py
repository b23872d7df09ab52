"""Worlds: the kinds of database that the addons have to work in, and what people do in each.

``catalog`` lists them, a few lines of data each. ``apps`` installs and uninstalls from the list
of apps, ``clicks`` opens every menu, view and filter, ``visits`` calls what else there is to call;
``dev/tests/test_world_*.py`` put these together.
"""
