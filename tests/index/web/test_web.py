"""Fetching: what is refused before, while and after it is asked for, on real servers."""

import contextlib
import gzip
import ipaddress
import socket
import threading
import time
import zlib
from collections.abc import Callable, Iterator
from itertools import pairwise

import pytest
from hypothesis import given
from hypothesis import strategies as st

from index.errors import FetchError, Refused
from index.web.client import Client, Limits
from index.web.hosts import LONGEST_WAIT, Hosts, retry_after
from index.web.inflate import body
from index.web.network import Address, Rule, anywhere, public_only
from index.web.urls import web_url
from index.web.visitor import Visitor
from tests.sites import Handler, Site, serving

LIMITS = Limits(bytes=1_000_000, seconds=2.0, redirects=3)
MB = 1_000_000


@pytest.fixture
def site() -> Iterator[Site]:
    with serving() as running:
        yield running


def visitor(rule: Rule = anywhere, delay: float = 0.0, limits: Limits = LIMITS) -> Visitor:
    return Visitor(Client(rule, limits=limits), Hosts(delay))


def only(allowed: str) -> Rule:
    """A rule that takes this address for public and no other."""

    def rule(address: Address) -> str | None:
        return None if str(address) == allowed else public_only(address)

    return rule


# --- addresses


@pytest.mark.parametrize(
    "address",
    """127.0.0.1 127.8.8.8 0.0.0.0 10.1.2.3 172.16.0.1 192.168.1.1 169.254.169.254 100.100.100.200 192.0.0.192
    168.63.129.16 224.0.0.1 255.255.255.255 198.18.0.1 ::1 :: fe80::1 fc00::1 fd00:ec2::254 fec0::1 ff02::1
    ::ffff:127.0.0.1 ::ffff:169.254.169.254 ::127.0.0.1 64:ff9b::7f00:1 64:ff9b::a9fe:a9fe 2002:7f00:1:: 2002:a00:1::
    2001:0:4136:e378:8000:63bf:80ff:fffe 2001:db8::1""".split(),
)
def test_an_address_that_is_not_public_is_refused(address: str) -> None:
    assert public_only(ipaddress.ip_address(address))


@pytest.mark.parametrize("address", "8.8.8.8 1.1.1.1 2606:4700::1111 64:ff9b::808:808 ::ffff:8.8.8.8".split())
def test_a_public_address_is_not(address: str) -> None:
    assert public_only(ipaddress.ip_address(address)) is None


@given(st.ip_addresses(v=4))
def test_however_an_address_is_wrapped_it_is_judged_the_same(address: ipaddress.IPv4Address) -> None:
    wrapped = [f"::ffff:{address}", f"64:ff9b::{address}", f"2002:{int(address) >> 16:x}:{int(address) & 0xFFFF:x}::"]
    assert {public_only(ipaddress.ip_address(one)) for one in wrapped} == {public_only(address)}


@pytest.mark.parametrize(
    "host", ["127.0.0.1", "localhost", "[::1]", "2130706433", "0x7f.1", "127.1", "[::ffff:127.0.0.1]", "0"]
)
def test_this_machine_is_not_reached_under_any_name(site: Site, host: str) -> None:
    port = site.url.rpartition(":")[2]
    with pytest.raises(Refused, match="only the public internet is followed"):
        visitor(public_only).visit(web_url(f"http://{host}:{port}/"))
    assert site.asked.total() == 0


@pytest.mark.parametrize("status", [301, 302, 303, 307, 308])
def test_a_redirect_does_not_lead_where_one_may_not_go(status: int, site: Site) -> None:
    with serving("127.0.0.2") as inner:
        start = site.fail("/start", status, Location=f"{inner.url}/secret")
        with pytest.raises(Refused, match=r"127\.0\.0\.2 is this machine"):
            visitor(only("127.0.0.1")).visit(start)
        assert site.asked["/start"] == 1
        assert inner.asked.total() == 0


@pytest.mark.parametrize("place", ["file:///etc/passwd", "ftp://127.0.0.1/", "gopher://127.0.0.1/", "http://a:b@x/"])
def test_a_redirect_does_not_lead_off_the_web(place: str, site: Site) -> None:
    with pytest.raises(Refused):
        visitor().visit(site.fail("/start", 302, Location=place))


def test_a_name_that_changes_its_address_is_not_followed_there(site: Site) -> None:
    with serving("127.0.0.2") as inner:
        port = int(site.url.rpartition(":")[2])
        addresses = iter(["127.0.0.1", "127.0.0.1", "127.0.0.2"])  # robots.txt, the page, the page it leads to
        client = Client(only("127.0.0.1"), lambda *_: [next(addresses)], LIMITS)
        site.fail("/start", 302, Location="/next")
        with pytest.raises(Refused, match=r"rebinding\.example stands for 127\.0\.0\.2, this machine"):
            Visitor(client, Hosts(0)).visit(f"http://rebinding.example:{port}/start")
        assert site.asked["/start"] == 1
        assert inner.asked.total() == site.asked["/next"] == 0


def test_the_address_that_was_checked_is_the_one_that_is_reached(site: Site) -> None:
    port = int(site.url.rpartition(":")[2])
    looked_up: list[str] = []

    def resolve(host: str, _: int) -> list[str]:
        looked_up.append(host)
        return ["127.0.0.1"]

    site.put("/", "hello")
    answer = Client(only("127.0.0.1"), resolve, LIMITS).exchange(
        f"http://no-such-name.invalid:{port}/", {}, time.monotonic() + 2
    )
    assert answer.body == b"hello"
    assert looked_up == ["no-such-name.invalid"]
    assert site.requests[0][1]["host"] == f"no-such-name.invalid:{port}"


def test_a_host_with_one_private_address_among_others_is_refused() -> None:
    client = Client(public_only, lambda *_: ["8.8.8.8", "10.0.0.1"], LIMITS)
    with pytest.raises(Refused, match=r"10\.0\.0\.1"):
        client.exchange("http://mixed.example/", {}, time.monotonic() + 2)


# --- urls


@pytest.mark.parametrize(
    ("text", "url"),
    [
        ("HTTP://Sample.Example:80/A b?q=é#part", "http://sample.example/A%20b?q=%C3%A9"),
        ("https://sample.example", "https://sample.example/"),
        ("https://bücher.example/a%20b", "https://xn--bcher-kva.example/a%20b"),
        ("  https://[2606:4700::1111]:444/x ", "https://[2606:4700::1111]:444/x"),
    ],
)
def test_an_address_is_kept_in_one_form(text: str, url: str) -> None:
    assert web_url(text) == url
    assert web_url(url) == url


@pytest.mark.parametrize(
    "text",
    ["", "sample.example", "file:///etc/passwd", "javascript:alert(1)", "http://", "http://[::1", "http://a:99999/",
     "data:text/html,x", "http://a/" + "x" * 3_000],
)  # fmt: skip
def test_what_is_no_address_of_the_web_is_refused(text: str) -> None:
    with pytest.raises(Refused):
        web_url(text)


def test_a_password_in_an_address_is_refused_and_not_repeated() -> None:
    with pytest.raises(Refused, match="holds a name or password") as refused:
        web_url("https://reader:hunter2@sample.example/feed")
    assert "hunter2" not in str(refused.value)


@given(st.text())
def test_any_text_is_an_address_in_a_lasting_form_or_refused(text: str) -> None:
    with contextlib.suppress(Refused):
        url = web_url(text, "http://sample.example/")
        assert url.isascii()
        assert web_url(url) == url


# --- size, time, redirects


def test_a_body_that_unpacks_without_end_is_cut_short(site: Site) -> None:
    bomb = site.put("/bomb", gzip.compress(bytes(50 * MB)), Content_Encoding="gzip")
    with pytest.raises(Refused, match="larger than 1 MB when unpacked"):
        visitor().visit(bomb)


def test_a_body_that_never_ends_is_cut_short(site: Site) -> None:
    def endless(handler: Handler) -> None:
        handler.send_response(200)
        handler.send_header("Transfer-Encoding", "chunked")
        handler.end_headers()
        while True:
            handler.wfile.write(b"10000\r\n" + bytes(0x10000) + b"\r\n")

    site.pages["/endless"] = endless
    with pytest.raises(Refused, match="larger than 1 MB"):
        visitor().visit(site.url + "/endless")


@pytest.mark.parametrize("begin", [b"", b"HTTP/1.1 200 OK\r\nX: ", b"HTTP/1.1 200 OK\r\n\r\n"])
def test_a_server_that_trickles_is_left_in_time(site: Site, begin: bytes) -> None:
    def trickle(handler: Handler) -> None:
        handler.wfile.write(begin)
        while True:
            handler.wfile.write(b"x" if begin else b"\r\n")
            handler.wfile.flush()
            time.sleep(0.1)

    site.pages["/slow"] = trickle
    began = time.monotonic()
    with pytest.raises(FetchError):
        visitor().visit(site.url + "/slow")
    assert time.monotonic() - began < 2 * LIMITS.seconds + 1  # robots.txt and the page, each within its limit


@pytest.mark.parametrize(
    ("headers", "data", "said"),
    [
        ({"Content_Encoding": "gzip"}, b"not packed", "damaged"),
        ({"Content_Encoding": "gzip"}, gzip.compress(b"x" * 1000)[:-9], "its end is missing"),
        ({"Content_Encoding": "br"}, b"x", "'br', which was not asked for"),
        ({"Content_Length": "500"}, b"short", "cannot be reached"),
    ],
)
def test_a_body_that_is_not_what_it_says_is_told(site: Site, headers: dict[str, str], data: bytes, said: str) -> None:
    with pytest.raises(FetchError, match=said):
        visitor().visit(site.put("/", data, **headers))


def _raw_deflate(data: bytes) -> bytes:
    packer = zlib.compressobj(wbits=-15)
    return packer.compress(data) + packer.flush()


@pytest.mark.parametrize(
    ("coding", "pack"),
    [("", bytes), ("gzip", gzip.compress), ("x-gzip", gzip.compress), ("deflate", zlib.compress),
     ("deflate", _raw_deflate)],
)  # fmt: skip
@given(data=st.binary(min_size=1), size=st.integers(1, 50))
def test_a_packed_body_is_unpacked_however_it_is_cut(
    coding: str, pack: Callable[[bytes], bytes], data: bytes, size: int
) -> None:
    packed = pack(data)
    assert body((packed[n : n + size] for n in range(0, len(packed), size)), coding, MB) == data


def test_redirects_are_followed_and_lasting_ones_are_told(site: Site) -> None:
    end = site.put("/end", "here")
    site.fail("/c", 302, Location="end")
    site.fail("/b", 301, Location="/c")
    visit = visitor().visit(site.fail("/a", 308, Location="/b"))
    assert (visit.response.url, visit.response.body) == (end, b"here")
    assert visit.moved == site.url + "/c"
    assert visitor().visit(site.fail("/d", 302, Location="/b")).moved is None


def test_redirects_in_a_circle_are_left(site: Site) -> None:
    with pytest.raises(Refused, match="redirects more than 3 times"):
        visitor().visit(site.fail("/round", 301, Location="/round"))
    assert site.asked["/round"] == 4


def test_a_host_that_is_not_there_is_told() -> None:
    with socket.socket() as unused:
        unused.bind(("127.0.0.1", 0))
        with pytest.raises(FetchError, match="cannot be reached"):
            visitor().visit(f"http://127.0.0.1:{unused.getsockname()[1]}/")
    with pytest.raises(FetchError, match=r"the host no-such-name\.invalid is not known"):
        visitor().visit("http://no-such-name.invalid/")


def test_no_cookie_is_sent_back(site: Site) -> None:
    page = site.put("/", "x", Set_Cookie="who=you")
    guest = visitor()
    guest.visit(page)
    guest.visit(page)
    assert len(site.requests) == 3
    assert all("cookie" not in headers for _, headers in site.requests)
    assert site.requests[0][1]["user-agent"].startswith("Dateline/")


# --- manners


def test_what_robots_txt_forbids_is_not_asked_for(site: Site) -> None:
    site.put("/robots.txt", "User-agent: *\nDisallow: /private/*.html$\n", "text/plain")
    guest = visitor()
    with pytest.raises(Refused, match=r"the robots\.txt of 127\.0\.0\.1 forbids it"):
        guest.visit(site.put("/private/a.html", "x"))
    with pytest.raises(Refused, match="forbids it"):
        guest.visit(site.fail("/way", 302, Location="/private/a.html"))
    assert site.asked["/private/a.html"] == 0
    assert guest.visit(site.put("/private/a.txt", "y")).response.body == b"y"
    assert site.asked["/robots.txt"] == 1


@pytest.mark.parametrize(("status", "allowed"), [(404, True), (403, True), (500, False), (503, False)])
def test_a_site_in_trouble_is_not_asked_and_one_without_rules_is(site: Site, status: int, *, allowed: bool) -> None:
    site.fail("/robots.txt", status)
    page = site.put("/", "x")
    with contextlib.nullcontext() if allowed else pytest.raises(FetchError, match="cannot be had now"):
        visitor().visit(page)
    assert site.asked["/"] == allowed


def test_a_host_that_asks_to_wait_is_left_alone(site: Site) -> None:
    guest = visitor()
    with pytest.raises(FetchError, match="answered 429 and asks to wait 120 seconds") as told:
        guest.visit(site.fail("/busy", 429, Retry_After="120"))
    assert told.value.wait == 120
    with pytest.raises(FetchError, match="asked to be left alone"):
        guest.visit(site.put("/other", "x"))
    assert site.asked["/other"] == 0


def test_a_host_is_visited_by_one_at_a_time_and_with_pauses(site: Site) -> None:
    inside = 0
    most = 0
    at: list[float] = []

    def page(handler: Handler) -> None:
        nonlocal inside, most
        inside += 1
        most = max(most, inside)
        at.append(time.monotonic())
        time.sleep(0.02)
        inside -= 1
        handler.reply((200, {}, b"x"))

    site.pages["/"] = page
    guest = visitor(delay=0.1)
    threads = [threading.Thread(target=guest.visit, args=(site.url + "/",)) for _ in range(5)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    assert most == 1
    assert len(at) == 5
    assert all(later - earlier >= 0.1 for earlier, later in pairwise(at))


@pytest.mark.parametrize(
    ("value", "seconds"),
    [("120", 120), (None, None), ("soon", None), ("999999999", LONGEST_WAIT), ("Thu, 01 Jan 1970 00:01:40 GMT", 60),
     ("Thu, 01 Jan 1970 00:00:00 GMT", 0), ("-5", None)],
)  # fmt: skip
def test_retry_after_is_a_number_or_a_date(value: str | None, seconds: float | None) -> None:
    assert retry_after(value, 40.0) == seconds
