{
    "name": "Sales Funnel Stages: Job Queue",
    "summary": "Many leads are converted by the job queue, on all servers",
    "version": "19.0.1.0.0",
    "category": "Sales/CRM",
    "license": "LGPL-3",
    "author": "Sales Funnel Stages Contributors",
    "depends": ["sales_funnel_stages", "queue_job"],
    "data": [
        "data/queue_job_function_data.xml",
        "views/res_config_settings_views.xml",
    ],
    "auto_install": True,
}
