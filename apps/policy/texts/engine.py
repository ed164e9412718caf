"""Reasons that the engine itself gives: something unknown, something missing."""

from apps.policy.texts.shape import NONE, ReasonText

ENGINE: dict[str, ReasonText] = {
    "undetermined": ReasonText(
        "We need to know more",
        "We could not decide yet, because this is not known: {facts}.",
        "The outcome differs between the possible values of these facts. Unknown, missing and "
        "contradicted answers all count as unknown.",
        "Answer the questions that are still open. What we could not find out ourselves, a person "
        "will look at; for that there is nothing to send.",
    ),
    "every_answer": ReasonText(
        "The missing answer makes no difference",
        "Something was left open here, but every possible answer leads to the same result.",
        "All completions of the unknown facts agree, through different rules.",
        NONE,
    ),
    "data_error": ReasonText(
        "We could not read one of the answers",
        "One answer has a value that we do not know: {facts}. This is our fault, not yours.",
        "A fact has a value outside its closed list; it was treated as unknown.",
        "Nothing to send. A person will look.",
    ),
    "no_rule": ReasonText(
        "Our rules do not cover this",
        "None of our rules fits this combination of answers, so a person decides.",
        "A gap in the ruleset. `policy check` should have refused it; tell the compliance officer.",
        NONE,
    ),
    "refused_by_policy": ReasonText(
        "Refused by our own rules",
        "The track is refused, so it goes to no store.",
        "The outcome is not_allowed; destinations are not judged.",
        "See the reasons for the refusal.",
    ),
    "waits_for_decision": ReasonText(
        "Waits for the decision",
        "The track is held. This store is decided when the track is.",
        "The outcome is needs_review.",
        "See what is still needed.",
    ),
}
