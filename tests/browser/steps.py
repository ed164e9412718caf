"""What people do on the site, as small steps that the browser tests put together."""

import subprocess
from pathlib import Path

from playwright.sync_api import Page, expect

from tests.factories import PASSWORD
from tests.sounds import tune, write_wav

WAIT = 60_000  # milliseconds: a worker on a busy machine


def make_tune(path: Path, seed: int, comment: str = "") -> Path:
    """A minute of music of our own as FLAC, with a comment tag where one is given."""
    wav = write_wav(path.with_suffix(".wav"), tune(40.0, seed=seed))
    command = ["ffmpeg", "-v", "error", "-y", "-i", str(wav)]
    if comment:
        command += ["-metadata", f"comment={comment}"]
    subprocess.run([*command, str(path)], check=True, stdin=subprocess.DEVNULL)
    wav.unlink()
    return path


def sign_up(page: Page, name: str, email: str) -> None:
    page.goto("/")
    page.get_by_role("link", name="Sign up").first.click()
    page.locator("input[name=name]").fill(name)
    page.locator("input[name=email]").fill(email)
    page.locator("input[name=password1]").fill(PASSWORD)
    page.locator("main button[type=submit]").click()
    page.wait_for_url(lambda url: "/signup" not in url)


def log_in(page: Page, email: str) -> None:
    page.goto("/account/login/")
    page.locator("input[name=login]").fill(email)
    page.locator("input[name=password]").fill(PASSWORD)
    page.locator("main button[type=submit]").click()
    page.wait_for_url(lambda url: "/login" not in url)


def answer(page: Page, question: str, *choices: str) -> None:
    """Waits for the question, chooses, goes on."""
    form = page.locator("form.question")
    expect(form.locator("legend")).to_contain_text(question)
    for choice in choices:
        form.get_by_label(choice, exact=False).first.check()
    form.get_by_role("button", name="Next").click()
    expect(page.locator("form.question legend").filter(has_text=question)).to_have_count(0)


def say_all_my_own_work(page: Page) -> None:
    """The shortest way through the questions: no AI, nothing borrowed, all rights held."""
    answer(page, "Did any AI tool make or change", "No, and no voice was imitated")
    answer(page, "Does the release use the name", "No")
    answer(page, "Is anything in this track somebody else", "No, nothing")
    answer(page, "Do you hold, or have you cleared, every right", "Yes")
    expect(page.locator(".question-end")).to_contain_text("That is all")


def describe_track(page: Page, title: str, artist: str) -> None:
    """Fills the track's form and waits until it has saved itself."""
    page.get_by_label("Title", exact=True).fill(title)
    page.locator("#track-form select[name=language]").select_option("en")
    page.locator("#track-form select[name=parental_advisory]").select_option("none")
    page.locator("#track-form [name=credit_name]").first.fill(artist)
    page.get_by_role("button", name="Add a person").click()
    page.locator("#track-form [name=credit_name]").nth(1).fill(artist)
    page.locator("#track-form [name=credit_role]").nth(1).select_option("composer")
    expect(page.locator("#track_credits")).not_to_contain_text("Credit the composer")


def submit(page: Page) -> None:
    """Reads what is declared, takes responsibility, sends it."""
    page.get_by_role("link", name="Submit for clearance").click()
    page.get_by_label("I answer for every right").check()
    page.locator("main form").get_by_role("button", name="Submit").click()
    page.wait_for_url("**/result/")
