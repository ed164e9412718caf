"""What the admin pages of every app share: looking without touching."""

from typing import TYPE_CHECKING, Any

from django.contrib import admin
from django.http import HttpRequest

# Django's admin classes take type parameters only while types are checked.
if TYPE_CHECKING:
    ModelAdmin = admin.ModelAdmin[Any]
    TabularInline = admin.TabularInline[Any, Any]
else:
    ModelAdmin, TabularInline = admin.ModelAdmin, admin.TabularInline


class ReadOnlyAdmin(ModelAdmin):
    """Rows to look at. What changes them is a verb function somewhere else, never this form."""

    actions = None

    def has_add_permission(self, request: HttpRequest, obj: object = None) -> bool:
        """Never: rows come from the product itself."""
        return False

    def has_change_permission(self, request: HttpRequest, obj: object = None) -> bool:
        """Never: who may view, views."""
        return False

    def has_delete_permission(self, request: HttpRequest, obj: object = None) -> bool:
        """Never: nothing is deleted here."""
        return False


class AddOnlyAdmin(ModelAdmin):
    """Rows that a verb adds, which tells the audit trail itself, and that nobody changes."""

    actions = None

    def log_addition(self, request: HttpRequest, obj: Any, message: Any) -> Any:
        """The audit trail has it."""
        return None

    def has_change_permission(self, request: HttpRequest, obj: object = None) -> bool:
        """Never."""
        return False

    def has_delete_permission(self, request: HttpRequest, obj: object = None) -> bool:
        """Never."""
        return False


class ReadOnlyInline(TabularInline):
    """Rows of another table to look at below their parent."""

    extra = 0
    can_delete = False
    show_change_link = False

    def has_add_permission(self, request: HttpRequest, obj: object = None) -> bool:
        """Never."""
        return False

    def has_change_permission(self, request: HttpRequest, obj: object = None) -> bool:
        """Never."""
        return False

    def has_view_permission(self, request: HttpRequest, obj: object = None) -> bool:
        """Whoever may see the parent sees these rows."""
        return True

    def get_readonly_fields(self, request: HttpRequest, obj: object = None) -> list[str]:
        """All of them, also those that no form could hold."""
        return [str(name) for name in self.fields or ()]
