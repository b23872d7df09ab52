{
    "name": "A Customer's Own",
    "summary": "Extends what may be extended of Odoo's CRM, and notes that it was asked",
    "version": "19.0.1.0.0",
    "category": "Hidden/Tests",
    "license": "LGPL-3",
    "author": "Sales Funnel Stages Contributors",
    "depends": ["crm"],
    "data": [
        "security/ir.model.access.csv",
        "views/crm_lead_views.xml",
        "views/res_partner_views.xml",
        "wizard/crm_lead_to_opportunity_views.xml",
    ],
}
