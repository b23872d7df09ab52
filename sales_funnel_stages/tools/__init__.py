"""What can be told without a database: rules, verdicts, ways, figures; with doctests.

May call nothing else of the addon; everything else may call it.
"""
