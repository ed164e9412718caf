"""What it means when answers and file, or answers among themselves, do not agree."""

from apps.screening.finding_text import FindingText

DISCLOSURE_TEXTS: dict[str, FindingText] = {
    "undeclared_generation": FindingText(
        "The file says AI, the declaration does not",
        "We found a mark of a generator in your file, and you declared no generated sound.",
        "Evidence has the marks and what was declared. Score is that of the strongest mark.",
        "Declare which parts were generated and with which tool, or explain the mark.",
    ),
    "understated_generation": FindingText(
        "The file says more AI than the declaration",
        "The file says that a model made it as a whole; you declared AI for some parts only.",
        "Declared parts stand in the evidence. A person decides which of the two is right.",
        "Correct the declaration, or tell us how the track was made.",
    ),
    "undeclared_tool_use": FindingText(
        "An AI tool that was not declared",
        "The file says that a model improved the sound. That is allowed, and it is not declared.",
        "algorithmicallyEnhanced found; no mixing, mastering, separation or clean-up declared.",
        "Add it to the declaration.",
    ),
    "different_tool": FindingText(
        "Another tool than the one declared",
        "The file names a generator that is not the one you declared.",
        "Evidence has both. The rights depend on the tool, its version and the plan.",
        "Declare the tool that made the sound, with its version and your plan.",
    ),
    "tool_not_named": FindingText(
        "Which tool was it?",
        "You declared generated parts, but not which tool made them.",
        "`tool` is missing for an entry with generated extent.",
        "Name the tool, its version and the plan you had.",
    ),
    "tool_not_known": FindingText(
        "A tool that we do not know",
        "We know nothing about how the model of this tool was trained.",
        "`tool` is not in the register of tools.",
        "Send us the tool's terms or its statement on training.",
    ),
    "declared_but_counter_evidence": FindingText(
        "Declared as generated, and marked as made by a person",
        "You declared the whole recording as generated, but the file says otherwise.",
        "Weak: a source type or a recording program in the file. Perhaps too much was declared.",
        "Check whether the whole recording was generated, or only parts of it.",
    ),
    "model_training_conflict": FindingText(
        "Was this model licensed?",
        "You say that the model was trained with a licence; what is publicly known says otherwise.",
        "Register of tools against the declaration. Score 1.0: the maker says that it was not "
        "licensed. 0.7: it is disputed, or depends on the version.",
        "Send proof of the licence, or correct the answer. Name the version you used.",
    ),
    "model_training_unlicensed": FindingText(
        "This model was not licensed",
        "You did not know how the model was trained; its maker says that it was not licensed.",
        "From the register of tools, with its source.",
        "Replace the generated parts, or send proof that your version was licensed.",
    ),
    "model_training_licensed": FindingText(
        "This model is said to be licensed",
        "You did not know how the model was trained; publicly it is said to be licensed.",
        "From the register of tools, with its source; often only the maker's word.",
        "Nothing to fix.",
    ),
    "plan_not_commercial": FindingText(
        "The plan does not permit selling",
        "What was made under this plan of the tool may not be sold or streamed.",
        "From the register of tools, with its source.",
        "Make the parts again under a plan that permits it, and send the receipt.",
    ),
    "ai_answers_contradict": FindingText(
        "Two answers on AI contradict each other",
        "What you said about one part does not fit what you said about another.",
        "Score 1.0: cannot both be true. Less: can be meant, and should be asked.",
        "Read the answers again and correct the one that is wrong.",
    ),
    "ai_answer_incomplete": FindingText(
        "An answer on AI is incomplete",
        "One entry does not say which part it is about, or how much AI made.",
        "`part` or `extent` is missing.",
        "Complete the entry or remove it.",
    ),
    "voice_answers_contradict": FindingText(
        "Answers on the voice contradict each other",
        "Whose voice is heard does not fit your other answers.",
        "Evidence names both fields.",
        "Read the answers again and correct the one that is wrong.",
    ),
    "voice_person_missing": FindingText(
        "Whose voice is it?",
        "You said that a voice is imitated, but not whose.",
        "`voice.person` is missing.",
        "Enter the name.",
    ),
    "voice_consent_unproven": FindingText(
        "Consent to the voice is still to be shown",
        "The person agreed; we need to see it.",
        "consenting_person without proof.",
        "Upload the written consent.",
    ),
    "voice_conversion_unexplained": FindingText(
        "A tool that changes voices",
        "You used a tool that turns one voice into another, and did not say whose voice came out.",
        "A voice converter is declared, and no person.",
        "Tell us whose voice it imitates, even if it is your own.",
    ),
    "likeness_person_missing": FindingText(
        "Whose name, image or voice is used?",
        "You said that a real person's name, image or voice is used, but not whose.",
        "`person` is missing.",
        "Enter the name.",
    ),
    "likeness_consent_unproven": FindingText(
        "Permission is still to be shown",
        "The person permits it; we need to see it.",
        "permission yes without proof.",
        "Upload the written permission.",
    ),
    "rights_answers_contradict": FindingText(
        "Answers on rights contradict each other",
        "Whether you hold every right does not fit what you said about single parts.",
        "Score 1.0: all held, and something is not licensed. 0.5: not all held, and nothing says "
        "what is missing.",
        "Correct the answer, or tell us which right is missing.",
    ),
}
