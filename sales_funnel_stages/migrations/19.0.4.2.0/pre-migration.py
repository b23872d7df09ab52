def migrate(cr, version):
    """What a manager says no to is declined; refused is what the stage rules refuse."""
    cr.execute("UPDATE crm_stage_request SET state = 'declined' WHERE state = 'refused'")
