"""Identifiers: known good ones pass, a wrong character does not, and the sentence helps."""

from collections.abc import Callable

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from apps.catalogue.identifiers import (
    InvalidIdentifier,
    check_dpid,
    check_grid,
    check_gtin,
    check_ipi_base,
    check_ipi_name,
    check_isni,
    check_isrc,
    check_iswc,
)

Check = Callable[[str], str]
CHECKS: list[Check] = [
    check_isrc,
    check_gtin,
    check_grid,
    check_iswc,
    check_ipi_base,
    check_ipi_name,
    check_isni,
    check_dpid,
]

KNOWN: list[tuple[Check, str, str]] = [
    (check_isrc, "US-RC1-76-07839", "USRC17607839"),
    (check_isrc, " isrc: qz abc 26 00001 ", "QZABC2600001"),
    (check_isrc, "ISRC12600001", "ISRC12600001"),  # Iceland, registrant RC1
    (check_gtin, "0 36000 29145 2", "036000291452"),
    (check_gtin, "4006381333931", "4006381333931"),
    (check_gtin, "96385074", "96385074"),
    (check_gtin, "10036000291459", "10036000291459"),
    (check_grid, "A1-2425G-ABC1234002-M", "A12425GABC1234002M"),
    (check_iswc, "T-034.524.680-1", "T0345246801"),
    (check_ipi_base, "I-001068130-6", "I0010681306"),
    (check_ipi_name, "00014107338", "00014107338"),
    (check_ipi_name, "14107338".zfill(9), "00014107338"),
    (check_isni, "ISNI 0000 0001 2103 2683", "0000000121032683"),
    (check_isni, "0000 0001 2146 438x", "000000012146438X"),
    (check_dpid, "PADPIDA2011072101T", "PADPIDA2011072101T"),
    (check_dpid, "PADPIDA2007050901U", "PADPIDA2007050901U"),
    (check_dpid, "PADPIDA2007040502I", "PADPIDA2007040502I"),
]


@pytest.mark.parametrize(("check", "text", "normal"), KNOWN)
def test_known_identifiers_pass_and_get_one_form(check: Check, text: str, normal: str) -> None:
    assert check(text) == normal
    assert check(normal) == normal


@pytest.mark.parametrize(
    ("check", "text", "says"),
    [
        (check_isrc, "USRC1760783", "12 characters; this one has 11"),
        (check_isrc, "U5RC17607839", "starts with two letters, not U5"),
        (check_isrc, "USRC1760783A", "digits, not 760783A"),
        (check_isrc, "", "has 0"),
        (check_gtin, "036000291453", "end in 2, not 3"),
        (check_gtin, "0360002914", "this one has 10"),
        (check_gtin, "03600029145X", "digits only"),
        (check_gtin, "٠٣٦٠٠٠٢٩١٤٥٢", "digits only"),
        (check_grid, "A1-2425G-ABC1234002-N", "end in M, not N"),
        (check_grid, "B1-2425G-ABC1234002-M", "It is A1"),
        (check_iswc, "T-034.524.680-2", "end in 1, not 2"),
        (check_iswc, "034.524.680-1", "T and ten digits"),
        (check_ipi_base, "I-001068130-5", "end in 6, not 5"),
        (check_ipi_name, "00014107339", "end in 38, not 39"),
        (check_ipi_name, "0001410733", "end in"),
        (check_isni, "0000000121032684", "end in 3, not 4"),
        (check_isni, "00000001210326X3", "only the last may be X"),
        (check_dpid, "PADPIDA2011072101U", "end in T, not U"),
        (check_dpid, "PADPIDB2011072101T", "PADPIDA"),
    ],
)
def test_wrong_identifiers_say_what_was_expected(check: Check, text: str, says: str) -> None:
    with pytest.raises(InvalidIdentifier) as caught:
        check(text)
    assert says in caught.value.why
    assert caught.value.text == text
    assert caught.value.sentence % caught.value.values == caught.value.why


@settings(deadline=None)
@given(st.data())
@pytest.mark.parametrize(
    ("check", "code"),
    [
        (check_gtin, "036000291452"),
        (check_gtin, "4006381333931"),
        (check_isni, "0000000121032683"),
        (check_grid, "A12425GABC1234002M"),
        (check_ipi_name, "00014107338"),
    ],
)
def test_every_single_wrong_character_is_caught(
    check: Check, code: str, data: st.DataObject
) -> None:
    place = data.draw(st.integers(0, len(code) - 1))
    wrong = data.draw(st.sampled_from("0123456789").filter(lambda char: char != code[place]))
    with pytest.raises(InvalidIdentifier):
        check(code[:place] + wrong + code[place + 1 :])


@pytest.mark.parametrize("place", [0, 1, 3, 7, 9, 10])
def test_iswc_catches_a_wrong_digit_where_its_weights_can(place: int) -> None:
    code = "T0345246801"
    for wrong in set("0123456789T") - {code[place]}:
        with pytest.raises(InvalidIdentifier):
            check_iswc(code[:place] + wrong + code[place + 1 :])


def test_iswc_catches_most_wrong_digits_elsewhere() -> None:
    # Weights 2, 4, 6, 8 cannot see a difference of five, nor weight 5 an even one: the standard's.
    code = "T0345246801"
    missed = 0
    for place in (2, 4, 5, 6, 8):
        for wrong in set("0123456789") - {code[place]}:
            try:
                check_iswc(code[:place] + wrong + code[place + 1 :])
            except InvalidIdentifier:
                continue
            missed += 1
    assert missed == 4 + 4


@settings(deadline=None)
@given(st.integers(0, 10**11 - 1))
def test_exactly_one_check_digit_fits_a_barcode(number: int) -> None:
    body = f"{number:011d}"
    fits = []
    for digit in "0123456789":
        try:
            fits.append(check_gtin(body + digit))
        except InvalidIdentifier:
            continue
    assert len(fits) == 1


@settings(deadline=None)
@given(st.text(max_size=40))
@pytest.mark.parametrize("check", CHECKS)
def test_any_text_gives_a_normal_form_or_a_sentence(check: Check, text: str) -> None:
    try:
        outcome = check(text)
    except InvalidIdentifier as problem:
        outcome = problem.why
        ending = "."
    else:
        ending = check(outcome)
    assert outcome.endswith(ending)
