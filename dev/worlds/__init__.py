"""Worlds: the kinds of database that the addons have to work in, and what people do in each.

``catalog`` lists them, a few lines of data each, which ``building`` makes records of; ``people``
are there in each. ``apps`` installs and uninstalls from the list of apps, ``screens`` opens every
menu and view, ``clicks`` does so in a browser, ``deals`` is what salespeople do, ``visits`` calls
what else there is to call; ``tools/completeness.py`` says what must hold whatever was done, and
``figures`` are counted once more. ``dev/tests/test_worlds.py`` puts these together: it has a test
for each check, in each world.
"""
