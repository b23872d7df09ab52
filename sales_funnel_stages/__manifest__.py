{
    "name": "Sales Funnel Stages",
    "summary": "Qualify leads, guide deals stage by stage, and see what is missing",
    "version": "19.0.1.0.0",
    "category": "Sales/CRM",
    "sequence": 16,
    "license": "LGPL-3",
    "author": "Sales Funnel Stages Contributors",
    "depends": ["crm"],
    "data": [
        "security/sales_funnel_stages_groups.xml",
        "security/ir.model.access.csv",
        "security/sales_funnel_stages_rules.xml",
        "data/crm_qualification_framework_data.xml",
        "data/crm_lead_scoring_data.xml",
        "data/crm_lead_merge_template.xml",
        "views/crm_qualification_framework_views.xml",
        "views/crm_qualification_criterion_views.xml",
        "views/crm_stage_rule_views.xml",
        "views/crm_stage_views.xml",
        "views/crm_team_views.xml",
        "views/crm_lead_views.xml",
        "views/res_config_settings_views.xml",
        "views/menus.xml",
        "wizard/crm_lead_to_opportunity_views.xml",
        "wizard/crm_lead_to_opportunity_mass_views.xml",
    ],
    "demo": [
        "demo/crm_team_demo.xml",
        "demo/crm_lead_demo.xml",
    ],
    "assets": {
        "web.assets_backend": [
            "sales_funnel_stages/static/src/**/*",
        ],
        "web.assets_tests": [
            "sales_funnel_stages/static/tests/tours/**/*",
        ],
        "web.assets_unit_tests": [
            "sales_funnel_stages/static/tests/**/*.test.js",
        ],
    },
    "application": True,
}
