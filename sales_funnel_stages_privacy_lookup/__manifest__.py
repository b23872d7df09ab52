{
    "name": "Sales Funnel Stages: Privacy",
    "summary": "Odoo's privacy lookup finds what qualification and history say of a person, and "
    "blanks it",
    "version": "19.0.1.0.0",
    "category": "Sales/CRM",
    "license": "LGPL-3",
    "author": "Sales Funnel Stages Contributors",
    "depends": ["sales_funnel_stages", "privacy_lookup"],
    "data": ["wizard/privacy_lookup_wizard_views.xml"],
    "auto_install": True,
}
