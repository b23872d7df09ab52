import logging

from odoo.models import BaseModel
from odoo.modules.module import Manifest

from .arch import FreedArch, Stuck
from .use import DEACTIVATED, DELETED, FREED, Use, all_of

_logger = logging.getLogger(__name__)


def find_views(going):
    """Yield the :class:`Use` of views of somebody's that use what goes, or stand on its views.

    What they would be is tried in a savepoint that is taken back: all of them switched off, with
    the views that go, and then one after the other as it is to be. What does not hold is
    deactivated.
    """
    views = all_of(going.env, "ir.ui.view")[0].with_context(load_all_views=True)
    gone = going.goes(views)
    candidates = _views_of_somebody(going, views - gone, gone)
    if not candidates:
        return
    intended = {view: _intended(going, view) for view in candidates if view.active}
    savepoint = _savepoint(going.env)
    try:
        write_unchecked(gone | candidates, {"active": False})
        found = list(_tried(going, candidates, intended))
    finally:
        _take_back(going.env, savepoint)
    yield from found


def _savepoint(env):
    env.flush_all()
    return env.cr.savepoint(flush=False)


def _take_back(env, savepoint):
    """Take back what was written on views, and no more.

    Odoo's own would forget the rest of what it has in memory, such as that of the uninstall screen.
    """
    for name in ("ir.ui.view", "ir.ui.view.custom"):
        env[name].invalidate_model()
    savepoint.close(rollback=True)
    env.registry.clear_cache("templates")


def write_unchecked(views, values):
    """Write on views what is known to hold, or does not matter any more."""
    # past Odoo's own method for views, which checks them together with what is not written yet
    BaseModel.write(views, values)
    views.env.flush_all()
    views.env.registry.clear_cache("templates")


def _views_of_somebody(going, views, gone):
    """→ those of nobody's code, which use what goes or share a view with it; in their order."""
    own = views.filtered(lambda view: view.model not in going.models and not _is_of_code(view))
    roots = {_root(view) for view in gone}
    found = own.filtered(
        lambda view: (
            view.inherit_id in gone
            or view.active
            and (going.mentions(view.arch_db) or (view.inherit_id and _root(view) in roots))
        )
    )
    return found.sorted(lambda view: (_depth(view), view.priority, view.id))


def _is_of_code(view):
    """→ whether an addon with code has a view; what Odoo Studio makes belongs to one without."""
    module = (view.xml_id or "").split(".")[0]
    return bool(module) and bool(Manifest.for_addon(module, display_warning=False))


def _root(view):
    return _root(view.inherit_id) if view.inherit_id else view


def _depth(view):
    return 1 + _depth(view.inherit_id) if view.inherit_id else 0


def _intended(going, view):
    """→ what to write on a view so that it does without what goes; None: that cannot be told."""
    try:
        freed = FreedArch(going, view.model, view.arch_db)
    except Stuck:
        return None
    except Exception:
        _logger.exception("Cannot tell how %s would be without what is uninstalled", view)
        return None
    if not freed.has_freed:
        return {}
    return {"arch_db": freed.text, "arch_prev": view.arch_db} if freed.text else None


def _tried(going, candidates, intended):
    for view in candidates:
        place = view.inherit_id
        while place in going.goes(place) and place:
            place = place.inherit_id
        moved = {} if place == view.inherit_id else {"inherit_id": place.id}
        if moved and not place:
            # without the view that it extends, it is none
            yield Use(view, DELETED, None)
            continue
        write_unchecked(view, moved)
        if view not in intended:
            yield Use(view, FREED, moved)
        elif intended[view] is None or not _holds(view, intended[view]):
            yield Use(view, DEACTIVATED, {**moved, "active": False})
        elif values := {**moved, **intended[view]}:
            yield Use(view, FREED, values)


def _holds(view, values):
    """→ whether a view is valid with values; if not, they are taken back."""
    savepoint = _savepoint(view.env)
    try:
        view.write({**values, "active": True})
    except Exception:
        # of whatever kind: what does not hold is deactivated
        _take_back(view.env, savepoint)
        return False
    savepoint.close(rollback=False)
    return True
