"""Web sites on loopback, for tests: real servers in threads of this process, that remember who asked for what."""

import threading
from collections import Counter
from collections.abc import Callable, Iterator, Mapping
from contextlib import contextmanager
from dataclasses import dataclass, field
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from typing import TypeAlias

Reply: TypeAlias = tuple[int, Mapping[str, str], bytes]
"""Status, headers, body."""


class Handler(BaseHTTPRequestHandler):
    """One request; a page that is a function of the request writes its own answer."""

    site: "Site"
    protocol_version = "HTTP/1.1"

    def do_GET(self) -> None:
        path = self.path.partition("?")[0]
        self.site.asked[path] += 1
        self.site.requests.append((path, {name.lower(): value for name, value in self.headers.items()}))
        page = self.site.pages.get(path, (404, {}, b"nothing here"))
        if callable(page):
            page(self)
        else:
            self.reply(page)

    def reply(self, reply: Reply) -> None:
        """Send it whole, 304 where the request's validators say so, and note the status."""
        status, headers, body = reply
        known = {self.headers.get("If-None-Match"), self.headers.get("If-Modified-Since")} - {None}
        if known & {headers.get("ETag"), headers.get("Last-Modified")}:
            status, body = 304, b""
        self.site.statuses.append((self.path, status))
        self.send_response(status)
        for name, value in {"Content-Length": str(len(body)), "Connection": "close", **headers}.items():
            self.send_header(name, value)
        self.end_headers()
        self.wfile.write(body)

    def log_message(self, *_: object) -> None:
        """Say nothing on stderr."""


@dataclass
class Site:
    """A site's pages by path, and what was asked of it."""

    url: str
    pages: dict[str, Reply | Callable[[Handler], None]] = field(default_factory=dict)
    asked: Counter[str] = field(default_factory=Counter)
    requests: list[tuple[str, dict[str, str]]] = field(default_factory=list)
    statuses: list[tuple[str, int]] = field(default_factory=list)

    def put(self, path: str, body: str | bytes, kind: str = "text/html", **headers: str) -> str:
        """Serve a page; its URL. `ETag="..."` and `Last_Modified="..."` are headers."""
        data = body.encode() if isinstance(body, str) else body
        named = {name.replace("_", "-"): value for name, value in headers.items()}
        self.pages[path] = (200, {"Content-Type": kind, **named}, data)
        return self.url + path

    def fail(self, path: str, status: int, **headers: str) -> str:
        """Answer with this status; the page's URL."""
        self.pages[path] = (status, {name.replace("_", "-"): value for name, value in headers.items()}, b"")
        return self.url + path


@contextmanager
def serving(address: str = "127.0.0.1") -> Iterator[Site]:
    """A site at this address, on a port of its own."""

    class Bound(Handler):
        pass

    class Server(ThreadingHTTPServer):
        daemon_threads = True
        request_queue_size = 64

        def handle_error(self, *_: object) -> None:
            """A client that went away is what some tests are about."""

    server = Server((address, 0), Bound)
    Bound.site = Site(f"http://{address}:{server.server_address[1]}")
    thread = threading.Thread(target=server.serve_forever, args=(0.02,))
    thread.start()
    try:
        yield Bound.site
    finally:
        server.shutdown()
        server.server_close()
        thread.join()


BODY = "The council of Sampleton met on {day} and heard the harbour master speak of {topic} at some length. " * 12
"""More words than a teaser has."""


def rss(title: str, *items: tuple[str, str, str]) -> str:
    """A feed of (link, headline, text)."""
    entries = "".join(
        f"<item><link>{link}</link><guid>{link}</guid><title>{head}</title><description>{text}</description></item>"
        for link, head, text in items
    )
    return f'<?xml version="1.0"?><rss version="2.0"><channel><title>{title}</title>{entries}</channel></rss>'


def article_page(headline: str, text: str) -> str:
    """A page with an article in it."""
    return (
        f"<html lang='en'><head><title>{headline}</title></head><body><nav><a href='/'>Home</a></nav>"
        f"<article><h1>{headline}</h1><p>{text}</p></article></body></html>"
    )


def story(topic: str, day: str = "Friday") -> str:
    """A text about a topic."""
    return BODY.format(day=day, topic=topic).strip()
