"""Accounts of every role, labels and their staff."""

from typing import Any

import factory
from factory.django import DjangoModelFactory

from apps.accounts.models import Label, Membership, User
from apps.accounts.roles import Role

PASSWORD = "a quiet river 41"


class UserFactory(DjangoModelFactory):
    """An artist unless `role` says otherwise; everybody's password is PASSWORD."""

    class Meta:
        model = User

    email = factory.Sequence(lambda n: f"person{n}@example.org")
    name = factory.Sequence(lambda n: f"Person {n}")
    role = Role.ARTIST

    @classmethod
    def _create(cls, model_class: type[User], *args: Any, **kwargs: Any) -> User:
        password = kwargs.pop("password", PASSWORD)
        return User.objects.create_user(password=password, **kwargs)


ArtistFactory = UserFactory


class ReviewerFactory(UserFactory):
    role = Role.REVIEWER


class SeniorReviewerFactory(UserFactory):
    role = Role.SENIOR_REVIEWER


class LabelStaffFactory(UserFactory):
    role = Role.LABEL_STAFF


class ComplianceOfficerFactory(UserFactory):
    role = Role.COMPLIANCE_OFFICER


class TrainingEngineerFactory(UserFactory):
    role = Role.TRAINING_ENGINEER


class AdministratorFactory(UserFactory):
    role = Role.ADMINISTRATOR


class LabelFactory(DjangoModelFactory):
    class Meta:
        model = Label

    name = factory.Sequence(lambda n: f"Label {n}")


class MembershipFactory(DjangoModelFactory):
    class Meta:
        model = Membership

    user = factory.SubFactory(LabelStaffFactory)
    label = factory.SubFactory(LabelFactory)
