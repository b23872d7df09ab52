"""Which pictures there are: those that are shown to everybody, and those that we look at."""

from dataclasses import dataclass


@dataclass(frozen=True)
class Look:
    """How a screen is looked at: a window or a phone, a language, a theme."""

    name: str
    width: int = 1280
    height: int = 1700
    is_phone: bool = False
    lang: str = "en_US"
    is_dark: bool = False


@dataclass(frozen=True)
class Picture:
    """A picture of README.md and of the page in the list of apps.

    :ivar screen: the name of a screen, and of the picture's file
    :ivar clip: a selector of what is shown of it; empty: the window
    """

    screen: str
    height: int
    clip: str = ""

    @property
    def look(self):
        return Look("shipped", height=self.height)


SHIPPED = [
    Picture("qualification_page", 1100),
    Picture("blocked_move", 800),
    Picture("pipeline", 640),
    Picture("conversion_wizard", 1600, ".modal-content"),
    Picture("framework_matrix", 1600, ".o_form_sheet"),
    Picture("impact_preview", 820),
    Picture("stage_history", 2000, ".o_form_sheet"),
    Picture("stakeholder_map", 2000, ".o_field_widget[name=stakeholder_ids]"),
    Picture("funnel_dashboard", 900),
    Picture("funnel", 680),
    Picture("qualification_worth", 1100),
    Picture("stage_rules", 640),
    Picture("stuck", 640),
    Picture("conversion_batch", 800),
]

PHONE = {"width": 400, "height": 2800, "is_phone": True}
LOOKS = [
    Look("desktop"),
    Look("desktop_dark", is_dark=True),
    Look("phone", **PHONE),
    Look("phone_dark", **PHONE, is_dark=True),
    Look("french", lang="fr_FR"),
    Look("french_phone", **PHONE, lang="fr_FR"),
    Look("arabic", lang="ar_001"),
    Look("arabic_phone", **PHONE, lang="ar_001"),
]
