{
    "name": "Sales Funnel Stages: Tests",
    "summary": "What Odoo's other addons do to leads, with the stage rules installed",
    "version": "19.0.1.0.0",
    "category": "Hidden/Tests",
    "license": "LGPL-3",
    "author": "Sales Funnel Stages Contributors",
    "depends": [
        "sales_funnel_stages",
        "base_automation",
        "crm_iap_mine",
        "crm_livechat",
        "event_crm",
        "sale_crm",
        "survey_crm",
        "website_crm",
        "website_crm_partner_assign",
    ],
}
