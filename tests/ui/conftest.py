"""Chromium, and the sites it looks at."""

from __future__ import annotations

import os
import shutil
from collections.abc import Callable, Iterator
from pathlib import Path
from typing import TYPE_CHECKING

import pytest
from made_up_site import Parts, Site, parts_in, running

from firstprint.store.opening import open_store

if TYPE_CHECKING:
    from playwright.sync_api import Browser, Page

REQUIRED = "FIRSTPRINT_REQUIRE_CHROMIUM"
PASSWORD = "correct horse battery"
_NAMES = ("chromium", "chromium-browser", "google-chrome")
_ARGUMENTS = (
    "--no-sandbox",
    "--disable-background-networking",
    "--host-resolver-rules=MAP * ~NOTFOUND, EXCLUDE 127.0.0.1",
)

Visit = Callable[..., "Page"]


@pytest.fixture(scope="session")
def chromium() -> Iterator[Browser]:
    """The browser; where there is none, what needs it is skipped and says so, and fails where it is required."""
    path = next(filter(None, map(shutil.which, _NAMES)), None)
    if path is None:
        if os.environ.get(REQUIRED) == "1":
            pytest.fail("Chromium is required and not installed: apt-get install chromium")
        pytest.skip("NOT TESTED IN A BROWSER: there is no chromium on the path (apt-get install chromium)")
    from playwright.sync_api import sync_playwright

    with sync_playwright() as playwright:
        browser = playwright.chromium.launch(executable_path=path, args=list(_ARGUMENTS))
        yield browser
        browser.close()


@pytest.fixture(scope="session")
def parts(tmp_path_factory: pytest.TempPathFactory) -> Parts:
    return parts_in(tmp_path_factory.mktemp("index"))


@pytest.fixture(scope="session")
def fresh(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """A home whose database is made and has its users; each test takes a copy, which is faster than making one."""
    home = tmp_path_factory.mktemp("fresh") / "home"
    home.mkdir()
    with open_store(f"sqlite:///{home / 'firstprint.db'}") as store:
        for name, role in (("Vera", "viewer"), ("Rita", "reviewer"), ("Omar", "reviewer"), ("Ada", "admin")):
            store.users.add(name, role, PASSWORD)
    return home


@pytest.fixture
def site(tmp_path: Path, parts: Parts, fresh: Path) -> Iterator[Site]:
    """A server for whoever sits at this machine."""
    home = Path(shutil.copytree(fresh, tmp_path / "home"))
    with running(home, parts) as made:
        yield made


@pytest.fixture
def guarded(tmp_path: Path, parts: Parts, fresh: Path) -> Iterator[Site]:
    """A server that asks who one is; above 50 kg two people decide."""
    home = Path(shutil.copytree(fresh, tmp_path / "home"))
    with running(home, parts, login=True, four_eyes_above_kg=50.0) as made:
        yield made


@pytest.fixture
def visit(chromium: Browser) -> Iterator[Visit]:
    """Opens windows, each of a person of their own; no page may break the policy, fail, or reach elsewhere."""
    contexts, wrong = [], []

    def opened(site: Site, path: str = "/", **wishes: object) -> Page:
        wishes = {"viewport": {"width": 1280, "height": 900}, "locale": "en-GB", **wishes}
        context = chromium.new_context(base_url=site.url, **wishes)
        context.set_default_timeout(8_000)
        contexts.append(context)
        page = context.new_page()
        page.on("pageerror", lambda error: wrong.append(f"error: {error}"))
        page.on("console", lambda said: wrong.append(said.text) if "Content Security Policy" in said.text else None)
        page.on("request", lambda asked: None if asked.url.startswith((site.url, "data:")) else wrong.append(asked.url))
        page.goto(path)
        return page

    yield opened
    for context in contexts:
        context.close()
    assert not wrong


def sent(page: Page, selector: str) -> None:
    """Clicks what leads to another page, and waits for that."""
    with page.expect_navigation():
        page.click(selector)


def log_in(page: Page, name: str) -> None:
    """Fills in the login form that the page shows."""
    page.fill("[name=name]", name)
    page.fill("[name=password]", PASSWORD)
    sent(page, "#login")
