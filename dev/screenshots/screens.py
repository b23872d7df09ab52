"""The screens that are ours, and how to get there; in no language, and on any width."""

from dataclasses import dataclass


@dataclass(frozen=True)
class Wait:
    """Until this is to be seen.

    :ivar text: what it has to say, if several things match the selector
    """

    selector: str
    text: str = ""


@dataclass(frozen=True)
class Click(Wait):
    """Click on this once it is to be seen.

    :ivar behind: a selector of what is to be clicked first, where a narrow screen has this
        in a menu
    """

    behind: str = ""


@dataclass(frozen=True)
class Scroll(Wait):
    """Once this is to be seen, have it in the middle of the window."""


@dataclass(frozen=True)
class Upload(Wait):
    """Give a file to this input, which need not be to be seen.

    :ivar content: of the file, in the format CSV
    """

    content: str = ""


@dataclass(frozen=True)
class Screen:
    """:ivar login: of whoever looks at it; the password is the same
    :ivar path: with XML ids in braces, for which ids are put in
    :ivar steps: what to do there
    :ivar ours: selectors of what on it is ours
    :ivar stock: the path of a page of Odoo's own with the same kind of view, if all that is
        ours is what such a view shows
    :ivar is_wide: whether a phone has no such thing, such as a list in which several are selected
    """

    name: str
    login: str
    path: str
    steps: tuple
    ours: tuple
    stock: str = ""
    is_wide: bool = False

    def is_seen(self, look):
        """→ whether it can be looked at so."""
        return not (self.is_wide and look.is_phone)


LEAD = "/odoo/action-crm.crm_lead_all_leads/{%s}"
OPPORTUNITY = "/odoo/action-crm.crm_lead_action_pipeline/{%s}"
FRAMEWORK = "/odoo/action-sales_funnel_stages.crm_qualification_framework_action/{%s}"
BATCH = "/odoo/action-sales_funnel_stages.crm_lead_conversion_batch_action/{__import__.%s}"
# Where a narrow screen has the buttons of a form.
BUTTONS = ".o_statusbar_buttons .dropdown-toggle, .o_cp_action_menus .dropdown-toggle"
APPROVALS = "/odoo/action-sales_funnel_stages.crm_stage_request_action"
PANEL = ".o_form_view .o_qualification_checklist"
PAGE = ".o_notebook a.nav-link[name=%s]"
DIALOG = ".modal .o_form_view"
# A stage is to be deleted, and cannot be.
DELETION = (
    Wait(".o_form_view"),
    Click(".o_cp_action_menus .dropdown-toggle:has(.fa-cog)"),
    Click(".o-dropdown--menu .o_menu_item:has(.fa-trash-o)"),
    Click(".modal footer .btn-primary"),
    Wait(".modal .o_error_dialog"),
)
PAST_DEALS = """Opportunity,Type,Stage,Expected Revenue,Closed Date,Created On
Canopy 2024,Opportunity,Won,9000,2024-03-04 10:00:00,2024-01-02 09:00:00
Fence 2024,Opportunity,Won,11000,2024-05-20 15:30:00,2024-02-11 09:00:00
"""
SHEET = ".o_notebook_content .tab-pane.active"


def _decision(name, button, field):
    """→ the dialog in which all requests are decided, with the button and a field of it."""
    return Screen(
        name,
        "admin",
        APPROVALS + "?view_type=list",
        (
            Click("thead .o_list_record_selector input"),
            Click(button, behind=".o_control_panel .fa-cog"),
            Wait(f"{DIALOG} [name={field}]"),
        ),
        (".modal-content",),
        is_wide=True,
    )


SCREENS = [
    Screen(
        "qualification_page",
        "demo",
        OPPORTUNITY % "crm.crm_case_17",
        (Click(PAGE % "qualification"), Wait(PANEL)),
        (SHEET,),
    ),
    Screen(
        "lead_qualification_page",
        "demo",
        LEAD % "crm.crm_case_10",
        (Click(PAGE % "qualification"), Wait(PANEL)),
        (SHEET,),
    ),
    Screen(
        "answers",
        "admin",
        OPPORTUNITY % "sales_funnel_stages.demo_deal_67",
        (Click(PAGE % "qualification"), Wait(".o_qualification_answers")),
        (SHEET,),
    ),
    Screen(
        "page_of_another_framework",
        "admin",
        LEAD % "sales_funnel_stages.demo_deal_75",
        (
            Click(PAGE % "qualification"),
            Click(".o_qualification_more > summary"),
            Wait(".o_qualification_more [name=budget_status] input"),
        ),
        (SHEET,),
    ),
    Screen(
        "stakeholder_map",
        "demo",
        OPPORTUNITY % "crm.crm_case_17",
        (Click(PAGE % "qualification"), Scroll(".o_stakeholder_map")),
        (".o_field_widget[name=stakeholder_ids]",),
    ),
    Screen(
        "stage_history",
        "admin",
        OPPORTUNITY % "sales_funnel_stages.demo_deal_67",
        (Click(PAGE % "stage_history"), Wait(".o_stage_timeline .o_kanban_record")),
        (SHEET,),
    ),
    Screen(
        "doubtful_step",
        "admin",
        OPPORTUNITY % "__import__.doubtful_deal",
        (Click(PAGE % "stage_history"), Wait(".o_stage_timeline .o_kanban_record")),
        (SHEET,),
    ),
    Screen(
        "stage_history_of_all",
        "admin",
        "/odoo/action-sales_funnel_stages.crm_stage_transition_action",
        # a narrow screen has cards
        (Wait(".o_data_row [name=verdict] .badge, .o_stage_timeline .o_kanban_record"),),
        (".o_data_row > :is([name=summary], [name=verdict]), .o_stage_timeline .o_kanban_record",),
    ),
    Screen(
        "verify_history",
        "admin",
        "/odoo/action-sales_funnel_stages.crm_ledger_verification_action",
        (
            Click("footer .btn-primary[name=action_verify]"),
            Wait(".o_form_view .alert [name=summary]"),
        ),
        (".o_form_view",),
    ),
    Screen(
        "seals",
        "admin",
        "/odoo/action-sales_funnel_stages.crm_stage_seal_action",
        (Wait(".o_data_row [name=hash], .o_kanban_record"),),
        (".o_data_row > [name=row_count]",),
    ),
    Screen(
        "step",
        "admin",
        "/odoo/crm.stage.transition/{__import__.step}",
        (Wait("[name=met_by_text]"),),
        (".o_form_sheet",),
    ),
    Screen(
        "earlier_answers",
        "admin",
        OPPORTUNITY % "sales_funnel_stages.demo_deal_67",
        (
            Click(PAGE % "qualification"),
            Click(".o_form_view .btn-link:has(.fa-history)"),
            Wait(".modal .o_list_view .o_data_row, .modal .o_kanban_record"),
        ),
        (".modal .o_list_view .o_data_row, .modal .o_kanban_record",),
    ),
    Screen(
        "rule_changes",
        "admin",
        "/odoo/action-sales_funnel_stages.crm_rulebook_change_action",
        # a narrow screen has cards
        (Wait(".o_data_row [name=kind] .badge, .o_kanban_record [name=kind]"),),
        (".o_data_row > [name=summary], .o_kanban_record",),
    ),
    Screen(
        "pipeline",
        "demo",
        "/odoo/action-crm.crm_lead_action_pipeline",
        (Wait(".o_kanban_record .o_gate_progress"),),
        (".o_gate_progress",),
    ),
    Screen(
        "arrival_debt",
        "admin",
        OPPORTUNITY % "__import__.arrived_deal",
        (Wait(".o_form_view .alert [name=arrival_debt]"),),
        (".o_form_view .alert",),
    ),
    Screen(
        "arrival_debt_card",
        "admin",
        "/odoo/action-crm.crm_lead_action_pipeline",
        (Scroll(".o_kanban_record .text-bg-warning"),),
        (".o_kanban_record .text-bg-warning",),
    ),
    Screen(
        "arrival_debt_of_team",
        "admin",
        "/odoo/action-sales_team.crm_team_action_pipeline",
        (Wait("[name=action_view_arrival_debts]"),),
        ("[name=action_view_arrival_debts]",),
    ),
    Screen(
        "approvals",
        "admin",
        APPROVALS,
        # a narrow screen has cards
        (Wait(".o_data_row [name=unmet_text], .o_kanban_record"),),
        (".o_data_row > [name=unmet_text], .o_kanban_record",),
    ),
    _decision("approving_some", "button[name=action_approve]", "others"),
    _decision("declining_several", "button[data-hotkey=j]", "reason"),
    Screen(
        "approval",
        "admin",
        APPROVALS,
        (
            Click(".o_data_row td[name=reason], .o_kanban_record"),
            Wait(".o_form_view [name=missing_now], .o_form_view [name=missing]"),
        ),
        (".o_form_sheet",),
    ),
    Screen(
        "blocked_move",
        "demo",
        OPPORTUNITY % "crm.crm_case_14",
        (
            Wait(PANEL),
            Click("button[name=action_advance]", behind=BUTTONS),
            Wait(".modal .o_stage_move_line"),
        ),
        (".modal-content",),
    ),
    Screen(
        "conversion_wizard",
        "demo",
        LEAD % "crm.crm_case_10",
        (
            Wait(PANEL),
            Click("button[data-hotkey=v]", behind=BUTTONS),
            Wait(f"{DIALOG} .o_stage_move_line"),
        ),
        (".modal-content",),
    ),
    Screen(
        "conversion_in_words",
        "admin",
        LEAD % "crm.crm_case_1",
        (
            Wait(PANEL),
            Click("button[data-hotkey=v]", behind=BUTTONS),
            Wait(f"{DIALOG} .o_conversion_outcome"),
        ),
        (".modal-content",),
    ),
    Screen(
        "conversion_that_replaces",
        "admin",
        LEAD % "__import__.lead_to_link",
        (
            Wait(PANEL),
            Click("button[data-hotkey=v]", behind=BUTTONS),
            Wait(f"{DIALOG} .o_conversion_outcome"),
        ),
        (".modal-content",),
    ),
    Screen(
        "replaced_details",
        "admin",
        OPPORTUNITY % "__import__.linked_deal",
        (Scroll(".o-mail-Message-body ul"),),
        (".o-mail-Message-body ul",),
    ),
    Screen(
        "lost_for_a_reason",
        "demo",
        OPPORTUNITY % "crm.crm_case_17",
        (
            Wait(PANEL),
            Click("button[data-hotkey=l]", behind=".o_statusbar_buttons .dropdown-toggle"),
            Wait(f"{DIALOG} [name=lost_reason_id].o_required_modifier"),
        ),
        (".modal-content",),
    ),
    Screen(
        "mass_wizard",
        "admin",
        "/odoo/action-{__import__.mass}",
        (
            Click("footer button[name=action_work_out]"),
            Wait(".o_conversion_outcome details"),
        ),
        (".o_conversion_outcome",),
    ),
    Screen(
        "merge_with_lost",
        "admin",
        "/odoo/action-{__import__.merge}",
        (Wait(".o_form_view .alert [name=lost_warning]"),),
        (".o_form_view .alert",),
    ),
    Screen(
        "frameworks",
        "admin",
        "/odoo/action-sales_funnel_stages.crm_qualification_framework_action?view_type=list",
        (Wait(".o_data_row [name=use] .badge, .o_data_row [name=use]"),),
        (".o_data_row > [name=use]",),
    ),
    Screen(
        "framework_matrix",
        "admin",
        FRAMEWORK % "sales_funnel_stages.framework_bant",
        (Wait(".o_stage_rule_matrix table"),),
        (SHEET,),
    ),
    Screen(
        "framework_template",
        "admin",
        FRAMEWORK % "sales_funnel_stages.framework_champ",
        (Wait(".o_stage_rule_matrix table"),),
        (SHEET, ".o_form_sheet > .alert"),
    ),
    Screen(
        "stage_in_use",
        "admin",
        "/odoo/crm.stage/{crm.stage_lead2}",
        DELETION,
        (".modal .o_error_dialog",),
    ),
    Screen(
        "deleting_a_stage",
        "admin",
        "/odoo/crm.stage/{crm.stage_lead2}",
        (
            *DELETION,
            Click(".modal .o_error_dialog .btn-primary"),
            Wait(f"{DIALOG} .o_field_widget[name=handling]"),
        ),
        (DIALOG,),
    ),
    Screen(
        "impact_preview",
        "admin",
        "/odoo/action-sales_funnel_stages.crm_team_action_impact"
        "/{sales_funnel_stages.demo_team_projects}",
        (Wait(".o_stage_rule_impact .o_impact_summary"),),
        (".o_stage_rule_impact",),
    ),
    Screen(
        "impact_of_teams",
        "admin",
        "/odoo/action-sales_funnel_stages.crm_team_action_impact",
        (Wait(".o_stage_rule_impact_figures"),),
        (".o_stage_rule_impact_figures",),
    ),
    Screen(
        "funnel_dashboard",
        "admin",
        "/odoo/action-sales_funnel_stages.crm_funnel_dashboard_action",
        (Wait(".o_funnel_steps .o_funnel_reached"), Wait(".o_funnel_trend canvas")),
        (".o_funnel_dashboard",),
    ),
    Screen(
        "first_steps",
        "admin",
        "/odoo/action-crm.crm_lead_action_pipeline",
        (Wait(".o_stage_rule_onboarding"),),
        (".o_stage_rule_onboarding",),
    ),
    Screen(
        "conversion_batch",
        "admin",
        BATCH % "paused_batch",
        (Wait(".o_form_view .o_progress[role=progressbar]"),),
        (".o_form_sheet",),
    ),
    Screen(
        "conversion_batch_leads",
        "admin",
        BATCH % "paused_batch",
        (
            Click("button[name=action_view_lines]"),
            Wait(".o_data_row, .o_kanban_record"),
        ),
        (".o_data_row .o_data_cell, .o_kanban_renderer",),
    ),
    Screen(
        "conversion_undo",
        "admin",
        BATCH % "ended_batch",
        (
            Click("button[name=action_open_undo]", behind=".o_statusbar_buttons .dropdown-toggle"),
            Wait(f"{DIALOG} [name=outcome] li"),
        ),
        (".modal-content",),
    ),
    Screen(
        "import_of_past_deals",
        "admin",
        "/odoo/action-crm.crm_lead_all_leads/import",
        (
            Wait(".o_import_action .o_nocontent_help"),
            Upload(".o_control_panel_main_buttons .o_file_input input", content=PAST_DEALS),
            Wait(".o_import_data_content .alert-info"),
        ),
        (".o_import_data_content .alert-info",),
    ),
    Screen(
        "settings",
        "admin",
        "/odoo/action-crm.crm_config_settings_action",
        (Wait("[name=qualification_framework_id]"),),
        (".o_settings_container:has([name=qualification_framework_id])",),
    ),
    Screen(
        "not_convertible",
        "admin",
        "/odoo/action-sales_funnel_stages.crm_lead_action_not_convertible",
        (Wait(".o_data_row .o_gate_progress_names"),),
        (".o_field_widget[name=missing_column]",),
    ),
    Screen(
        "stuck",
        "admin",
        "/odoo/action-sales_funnel_stages.crm_lead_action_stuck",
        (Wait(".o_gate_progress_names"),),
        (".o_field_widget[name=gate_progress]",),
    ),
    Screen(
        "usual_stay",
        "admin",
        "/odoo/crm.stage/{crm.stage_lead2}",
        (Wait("button[name=action_use_usual_days]"),),
        ("[name=usual_stay]", "button[name=action_use_usual_days]"),
    ),
    Screen(
        "qualification_worth",
        "admin",
        "/odoo/action-sales_funnel_stages.crm_criterion_worth_action",
        (Wait(".o_criterion_worth_row .badge"),),
        (".o_criterion_worth_row",),
    ),
    Screen(
        "qualification_worth_of_leads",
        "admin",
        "/odoo/action-sales_funnel_stages.crm_criterion_worth_lead_action",
        (Wait(".o_criterion_worth_row .badge"),),
        (".o_criterion_worth_row", ".o_criterion_worth_page"),
    ),
    Screen(
        "funnel",
        "admin",
        "/odoo/action-sales_funnel_stages.crm_funnel_report_action",
        (Wait(".o_pivot table tbody tr"),),
        (".o_pivot",),
        "/odoo/action-crm.crm_opportunity_report_action?view_type=pivot",
    ),
    Screen(
        "funnel_list",
        "admin",
        "/odoo/action-sales_funnel_stages.crm_funnel_report_action?view_type=list",
        (Wait(".o_list_table tbody tr"),),
        (".o_list_table tbody",),
        "/odoo/action-crm.crm_opportunity_report_action?view_type=list",
    ),
    Screen(
        "stage_rules",
        "admin",
        "/odoo/action-sales_funnel_stages.crm_gate_report_action",
        (Wait(".o_pivot table tbody tr"),),
        (".o_pivot",),
        "/odoo/action-crm.crm_opportunity_report_action?view_type=pivot",
    ),
    Screen(
        "stage_rules_list",
        "admin",
        "/odoo/action-sales_funnel_stages.crm_gate_report_action?view_type=list",
        (Wait(".o_list_table tbody tr"),),
        (".o_list_table tbody",),
        "/odoo/action-crm.crm_opportunity_report_action?view_type=list",
    ),
]
