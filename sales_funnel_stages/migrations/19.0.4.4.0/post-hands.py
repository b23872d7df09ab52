def migrate(cr, version):
    """Let rows of before, which do not know from which company a lead came, name no change of it."""
    cr.execute(
        """
        UPDATE crm_stage_transition
           SET from_company_id = company_id
         WHERE direction = 'handed_over'
        """
    )
    # a state of a request has the company besides
    cr.execute(
        """
        UPDATE crm_stage_request AS request
           SET place = request.place || to_jsonb(COALESCE(lead.company_id, 0))
          FROM crm_lead AS lead
         WHERE lead.id = request.lead_id AND jsonb_array_length(request.place) = 4
        """
    )
