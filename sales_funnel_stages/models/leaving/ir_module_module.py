import logging

import psycopg2.errors
from markupsafe import Markup

from odoo import models

from .found import find_uses
from .going import Going
from .use import ADMINISTRATORS, DEACTIVATED, DELETED, FREED, KEPT, NOTHING
from .views import write_unchecked

_logger = logging.getLogger(__name__)

ADDON = "sales_funnel_stages"


class IrModuleModule(models.Model):
    _inherit = "ir.module.module"

    def button_uninstall(self):
        # whom Odoo is going to refuse learns and does nothing here
        modules = self.exists() if self.env.is_admin() else self.browse()
        modules |= modules.downstream_dependencies()
        if modules and modules._is_ours_leaving() and (uses := modules._find_uses()):
            _logger.info(
                "Uninstalling %s, which is used by: %s",
                ", ".join(sorted(modules.mapped("name"))),
                ", ".join(map(str, uses)),
            )
        return super().button_uninstall()

    def module_uninstall(self):
        # as above
        if self.env.is_admin() and self._is_ours_leaving():
            self._leave_to_others()
        return super().module_uninstall()

    def _is_ours_leaving(self):
        """→ whether this addon, or one that needs it, is among modules."""
        addon = self._get(ADDON)
        needing = addon.downstream_dependencies(exclude_states=("uninstalled", "uninstallable"))
        return bool(self & (addon | needing))

    def _find_uses(self):
        """→ what uses modules that are uninstalled together: a list of ``Use``.

        Where that cannot be told, the log says why, and they are uninstalled nevertheless.
        """
        try:
            return find_uses(self._get_going())
        except psycopg2.errors.ReadOnlySqlTransaction:
            # Odoo tries again with a connection that may write
            raise
        except Exception:
            _logger.exception("Cannot tell what uses what is uninstalled")
            return []

    def _get_going(self):
        # safe: only administrators get here. Texts are read in English, the source of others;
        # what is tracked would be read once the fields are gone.
        context = {**self.env.context, "lang": None, "tracking_disable": True}
        return Going(self.env(su=True, context=context), self)

    def _leave_to_others(self):
        """Leave what used the modules in a state in which it works without them, and say so."""
        done = [use for use in self._find_uses() if _applied(use)]
        try:
            with self.env.cr.savepoint():
                self._notify_administrators(done)
        except Exception:
            _logger.exception("Cannot tell the administrators; the log names all of it")

    def _notify_administrators(self, uses):
        """Leave each administrator a to-do that names them, in their language."""
        if not uses:
            return
        group = self.env.ref("base.group_system")
        users = group.all_user_ids.filtered(lambda user: user.active and not user.share)
        todo = self.env.ref("mail.mail_activity_data_todo", raise_if_not_found=False)
        names = ", ".join(self.sorted("name").mapped("name"))
        activities = self.env["mail.activity"].with_context(mail_activity_quick_update=True)
        activities.create(
            [
                {
                    "user_id": user.id,
                    "activity_type_id": todo.id if todo else False,
                    "summary": own.env._("Uninstalled: %(modules)s", modules=names),
                    "note": own._get_list_of_uses(uses),
                }
                for user in users
                for own in [self.with_context(lang=user.lang)]
            ]
        )

    def _get_list_of_uses(self, uses):
        """→ HTML that names records and what becomes of them, in the language of the context."""
        words = self._get_remedy_words()
        lines = [
            Markup("<li>%s “%s”: %s</li>")
            % (self.env["ir.model"]._get(use.model).name, use.name, words[use.remedy])
            for use in uses
        ]
        return Markup("<ul>%s</ul>") % Markup("").join(lines)

    def _get_remedy_words(self):
        return {
            DEACTIVATED: self.env._("is deactivated"),
            NOTHING: self.env._("its domain matches nothing"),
            FREED: self.env._("goes on without it"),
            ADMINISTRATORS: self.env._("is for administrators only"),
            DELETED: self.env._("is deleted"),
            KEPT: self.env._("stays as it is, and has to be looked at"),
        }


def _applied(use):
    """→ whether it was done what is to become of a record; if not, the log says why."""
    record = use.record
    try:
        with record.env.cr.savepoint():
            if use.values is None:
                record.unlink()
            elif record._name == "ir.ui.view":
                write_unchecked(record, use.values)
            elif use.values:
                record.write(use.values)
    except Exception:
        _logger.exception("Cannot leave %s as it should be: %s", use, use.remedy)
        return False
    _logger.info("Uninstalling: %s: %s", use, use.remedy)
    return True
