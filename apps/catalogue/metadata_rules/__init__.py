"""Metadata rules: what is wrong, missing or contradictory in what an artist wrote. Pure.

The form asks `find_problems` while the artist types; the `metadata` check asks the same function
after submission. Rules judge nothing: the policy decides what a problem means.
"""

from datetime import date
from itertools import islice

from apps.catalogue.metadata_rules.borrowed import find_borrowing_problems
from apps.catalogue.metadata_rules.credits import find_credit_problems, find_word_problems
from apps.catalogue.metadata_rules.names import find_name_problems
from apps.catalogue.metadata_rules.numbers import find_number_problems
from apps.catalogue.metadata_rules.problem import Document, MetadataProblem
from apps.catalogue.metadata_rules.release import find_release_problems
from apps.catalogue.metadata_rules.titles import find_title_problems

MAX_OF_A_KIND = 100  # a hundred hostile names against a hundred others would make thousands

__all__ = ["MetadataProblem", "find_problems", "find_release_problems"]


def find_problems(declaration: Document, today: date) -> list[MetadataProblem]:
    """Every metadata problem of one parsed declaration, in the order of the form.

    At most a hundred for each group of rules. `today` decides only whether waiting times have
    passed (India, section 31C) and whether a year lies in the future.
    """
    rules = (
        find_title_problems(declaration),
        find_name_problems(declaration),
        find_credit_problems(declaration),
        find_word_problems(declaration),
        find_number_problems(declaration),
        find_borrowing_problems(declaration, today),
    )
    return [problem for found in rules for problem in islice(found, MAX_OF_A_KIND)]
