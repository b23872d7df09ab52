{
    "name": "Sales Funnel Stages: Quotations",
    "summary": "An opportunity that has quotations does not go back to being a lead",
    "version": "19.0.1.0.0",
    "category": "Sales/CRM",
    "license": "LGPL-3",
    "author": "Sales Funnel Stages Contributors",
    "depends": ["sales_funnel_stages", "sale_crm"],
    "auto_install": True,
}
