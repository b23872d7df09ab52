def migrate(cr, version):
    """Let requests that wait say in which company their lead was when they were made."""
    cr.execute(
        """
        UPDATE crm_stage_request AS request
           SET place = request.place || to_jsonb(COALESCE(lead.company_id, 0))
          FROM crm_lead AS lead
         WHERE lead.id = request.lead_id AND jsonb_array_length(request.place) = 4
        """
    )
