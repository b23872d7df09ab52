{
    "name": "Sales Funnel Stages: Import",
    "summary": "See in the import screen which rows the stage rules refuse, and let them in "
    "as far as they qualify",
    "version": "19.0.1.1.0",
    "category": "Sales/CRM",
    "license": "LGPL-3",
    "author": "Sales Funnel Stages Contributors",
    "depends": ["sales_funnel_stages", "base_import"],
    "assets": {
        "web.assets_backend": [
            "sales_funnel_stages_base_import/static/src/**/*",
        ],
        "web.assets_tests": [
            "sales_funnel_stages_base_import/static/tests/tours/**/*",
        ],
        "web.assets_unit_tests": [
            "sales_funnel_stages_base_import/static/tests/**/*.test.js",
        ],
    },
    "auto_install": True,
}
