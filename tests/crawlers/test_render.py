"""Pages that need a browser, and what a page in a browser may not reach."""

from __future__ import annotations

import os
import time
from collections.abc import Callable
from datetime import timedelta

import pytest

from crawlers import collect, render
from provinces.types import Access
from records.types import BodyKind
from tests.crawlers.conftest import Reply, Stage, page, source

if render.browser() is None:
    if os.environ.get("CI") == "true":
        pytest.fail("Chromium is absent: ./run setup installs it", pytrace=False)
    pytest.skip("Chromium is absent: ./run setup installs it", allow_module_level=True)

TITLE = "Xã Bình Khê thông đường liên thôn sau mưa lớn"
LINK = "/xa-binh-khe-thong-duong-100001.html"
SHELL = """<!DOCTYPE html><html lang="vi"><head><meta charset="utf-8"><title>Tin Xanh</title></head><body><main></main><script>
fetch('{data}').then(answer => answer.text()).then(words => {{ document.querySelector('main').innerHTML = words; }});
for (const place of ['http://127.0.0.1:{port}/trong-nha', 'http://localhost:{port}/trong-nha', 'http://bao2.example/nguoi-khac'])
  fetch(place, {{mode: 'no-cors'}}).catch(() => 0);
</script></body></html>"""


def serve(stage: Stage) -> None:
    port = stage.web.port
    stage.web.routes["bao.example/moi/"] = Reply(SHELL.format(data="/danh-sach", port=port))
    stage.web.routes["bao.example/danh-sach"] = Reply(f'<h3><a href="{LINK}">{TITLE}</a></h3>')
    stage.web.routes[f"bao.example{LINK}"] = Reply(page(TITLE))


@pytest.mark.slow
def test_a_list_made_by_scripts_is_read_and_nothing_else_is_reached(stage: Stage) -> None:
    serve(stage)
    stage.web.routes["bao.example/robots.txt"] = Reply("User-agent: *\nDisallow: /cam/\n")
    options = {"wait_for": "h3 a", "articles": "http"}
    report = stage.collect(
        source("https://bao.example/moi/", Access.BROWSER, options=options),
        source("https://bao.example/cam/", Access.BROWSER, source_id="cam", options=options),
    )
    (item,) = stage.items()
    assert (item.title, item.body_kind) == (TITLE, BodyKind.FULL)
    assert report.counts["polls_robots_denied"] == 1
    asked = {(one.host, one.path) for one in stage.web.asked}
    assert ("bao.example", "/danh-sach") in asked
    assert not {path for _, path in asked} & {"/trong-nha", "/nguoi-khac", "/cam/"}
    agents = {one.headers["User-Agent"] for one in stage.web.asked}
    assert all(agent.startswith("LangNghe/") for agent in agents)


@pytest.mark.slow
def test_one_browser_serves_several_runs_and_starts_again_when_it_died(stage: Stage) -> None:
    serve(stage)
    scripted = source("https://bao.example/moi/", Access.BROWSER, options={"wait_for": "h3 a", "articles": "http"})
    with collect.renderer_for([scripted], allow_hosts=stage.web.allow_hosts) as renderer:
        assert not renderer.running
        stage.collect(scripted, renderer=renderer)
        first = child(renderer)
        for answer in (first, None):
            if answer is None:
                os.killpg(first, 9)
                wait_for(lambda: not renderer.running)
            stage.clock.advance(timedelta(days=1))
            report = stage.collect(scripted, renderer=renderer)
            assert report.counts["polls_ok"] == 1
            assert (child(renderer) == first) is (answer is not None)
        last = child(renderer)
    assert not renderer.running
    wait_for(lambda: not alive(last))


def child(renderer: render.Renderer) -> int:
    assert renderer.running and renderer._child is not None
    return renderer._child.pid


def alive(group: int) -> bool:
    try:
        os.killpg(group, 0)
    except ProcessLookupError:
        return False
    return True


def wait_for(happened: Callable[[], bool]) -> None:
    deadline = time.monotonic() + 20
    while not happened():
        assert time.monotonic() < deadline
        time.sleep(0.05)


@pytest.mark.slow
def test_a_redirect_of_the_page_into_the_own_network_shows_nothing(stage: Stage) -> None:
    stage.web.routes["bao.example/moi/"] = Reply(
        status=302, headers={"Location": f"http://127.0.0.1:{stage.web.port}/trong-nha"}
    )
    stage.web.routes["/trong-nha"] = Reply(f'<h3><a href="{LINK}">{TITLE}</a></h3>')
    report = stage.collect(source("https://bao.example/moi/", Access.BROWSER))
    assert stage.items() == []
    assert report.counts["polls_connection_failed"] + report.counts["polls_no_entries"] == 1
    assert "/trong-nha" not in stage.web.paths()
