"""People and labels in the admin. An administrator says who may do what; passwords stay unseen.

`UserAdmin` is registered by `apps.audit`, which stands above this app and writes each change down.
"""

from allauth.account.decorators import secure_admin_login
from django.contrib import admin
from django.forms import ModelForm
from django.http import HttpRequest
from django.utils.translation import gettext_lazy as _

from apps.accounts.admin_base import ModelAdmin, TabularInline
from apps.accounts.models import Label, Membership, User

# One door for everybody: rate limits and the second factor of the sign-in pages count here too.
admin.site.login = secure_admin_login(admin.site.login)  # type: ignore[method-assign]
admin.site.site_header = admin.site.site_title = _("Soundcheck desk")
admin.site.index_title = _("Desk")
admin.site.enable_nav_sidebar = False


class MembershipInline(TabularInline):
    """The labels of a person, or the people of a label."""

    model = Membership
    extra = 0
    autocomplete_fields = ("user", "label")


class UserAdmin(ModelAdmin):
    """Accounts: name, role, whether they may log in."""

    list_display = ("name", "email", "role", "is_active", "date_joined")
    list_filter = ("role", "is_active", "labels")
    search_fields = ("name", "email")
    ordering = ("email",)
    fields = ("name", "email", "role", "is_active", "date_joined", "last_login")
    readonly_fields = ("date_joined", "last_login")
    inlines = (MembershipInline,)
    actions = None
    list_per_page = 50

    def get_readonly_fields(self, request: HttpRequest, obj: User | None = None) -> tuple[str, ...]:
        """Nobody takes their own key away, or hands themselves another one."""
        own = ("role", "is_active") if obj is not None and obj.pk == request.user.pk else ()
        return (*self.readonly_fields, *own)

    def save_model(
        self, request: HttpRequest, obj: User, form: "ModelForm[User]", change: bool
    ) -> None:
        """A new account has no password yet: its owner sets one by "Forgot your password?"."""
        obj.email = obj.email.lower()
        if not change:
            obj.set_unusable_password()
        super().save_model(request, obj, form, change)


@admin.register(Label)
class LabelAdmin(ModelAdmin):
    """Labels and who belongs to them."""

    search_fields = ("name",)
    inlines = (MembershipInline,)
    actions = None


@admin.register(Membership)
class MembershipAdmin(ModelAdmin):
    """Who belongs to which label."""

    list_display = ("user", "label")
    list_select_related = ("user", "label")
    list_filter = ("label",)
    search_fields = ("user__name", "user__email", "label__name")
    autocomplete_fields = ("user", "label")
    actions = None
