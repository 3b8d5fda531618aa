"""A proxy before an AWS endpoint that refuses, drops, delays and repeats, by a seed."""

import collections
import http.client
import http.server
import json
import random
import threading
import time
import urllib.parse

# Shares of requests. A dropped answer is one whose request was carried out.
FAULTS = {"throttled": 0.08, "failed": 0.03, "refused": 0.03, "dropped": 0.06, "repeated": 0.06, "delayed": 0.05}


class FaultyProxy:
    """Stands between a client and `upstream`; `faults` counts what it has done to requests."""

    def __init__(self, upstream, seed):
        self._upstream = urllib.parse.urlsplit(upstream)
        self._random = random.Random(seed)
        self._lock = threading.Lock()
        self.faults = collections.Counter()
        proxy = self

        class Handler(http.server.BaseHTTPRequestHandler):
            protocol_version = "HTTP/1.1"

            def handle_any(self):
                body = self.rfile.read(int(self.headers.get("Content-Length", 0)))
                proxy.answer(self, body)

            do_GET = do_POST = do_PUT = do_DELETE = do_PATCH = do_HEAD = handle_any  # noqa: N815

            def log_message(self, *_):
                pass

        self._server = http.server.ThreadingHTTPServer(("127.0.0.1", 0), Handler)
        self._server.daemon_threads = True
        self.endpoint = f"http://127.0.0.1:{self._server.server_port}"

    def __enter__(self):
        threading.Thread(target=self._server.serve_forever, daemon=True).start()
        return self

    def __exit__(self, *_):
        self._server.shutdown()
        self._server.server_close()

    def _draw(self):
        with self._lock:
            value = self._random.random()
            for fault, share in FAULTS.items():
                if value < share:
                    self.faults[fault] += 1
                    return fault
                value -= share
            self.faults["none"] += 1
            return "none"

    def _forward(self, handler, body):
        connection = http.client.HTTPConnection(self._upstream.hostname, self._upstream.port, timeout=60)
        try:
            connection.putrequest(handler.command, handler.path, skip_host=True, skip_accept_encoding=True)
            for name, value in handler.headers.items():
                connection.putheader(name, value)
            connection.endheaders(body)
            response = connection.getresponse()
            return response.status, response.getheaders(), response.read()
        finally:
            connection.close()

    def answer(self, handler, body):
        fault = self._draw()
        if fault == "throttled":
            self._refuse(handler, 429, "TooManyRequestsException")
        elif fault == "failed":
            self._refuse(handler, 500, "ServiceException")
        elif fault == "refused":
            handler.close_connection = True
        else:
            status, headers, content = self._forward(handler, body)
            if fault == "repeated":
                status, headers, content = self._forward(handler, body)
            if fault == "dropped":
                handler.close_connection = True
                return
            if fault == "delayed":
                time.sleep(0.5)
            self._send(handler, status, headers, content)

    def _refuse(self, handler, status, code):
        content = json.dumps({"__type": code, "message": "by the proxy"}).encode()
        self._send(handler, status, [("x-amzn-ErrorType", code), ("Content-Type", "application/json")], content)

    def _send(self, handler, status, headers, content):
        handler.send_response(status)
        for name, value in headers:
            if name.lower() not in ("content-length", "transfer-encoding", "connection", "date", "server"):
                handler.send_header(name, value)
        handler.send_header("Content-Length", str(len(content)))
        handler.end_headers()
        if handler.command != "HEAD":
            handler.wfile.write(content)
