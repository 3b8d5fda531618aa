"""AWS's own DynamoDB Local on a free port of loopback, and a proxy before it that does what networks do."""

import contextlib
import http.client
import http.server
import os
import subprocess
import threading

import boto3

from conftest import on_a_free_port, stop, wait_for_port
from runtimes import TOOLS

KEYS = {"region_name": "us-east-1", "aws_access_key_id": "test", "aws_secret_access_key": "test"}


class DynamoDbLocal:
    """Its tables are in memory, or, `durable`, lie in `folder` and outlive a restart."""

    def __init__(self, folder, durable=False):
        self._folder = folder
        self._storage = ["-dbPath", str(folder)] if durable else ["-inMemory"]
        self._process, self.port = on_a_free_port(self._start)

    @property
    def endpoint(self):
        return f"http://127.0.0.1:{self.port}"

    def client(self):
        return boto3.client("dynamodb", endpoint_url=self.endpoint, **KEYS)

    def make_table(self, name):
        self.client().create_table(
            TableName=name,
            BillingMode="PAY_PER_REQUEST",
            KeySchema=[{"AttributeName": "execution", "KeyType": "HASH"}],
            AttributeDefinitions=[{"AttributeName": "execution", "AttributeType": "S"}],
        )
        return name

    def restart(self):
        self.stop()
        self._process, _ = self._start(self.port)

    def stop(self):
        stop(self._process)

    def _start(self, port):
        tools = TOOLS / "dynamodb"
        command = ["java", "-Xmx256m", f"-Djava.library.path={tools}/lib", "-cp", f"{tools}/classes:{tools}/lib/*", "Loopback"]
        log = self._folder / "log"
        with log.open("w") as output:
            process = subprocess.Popen(
                [*command, "-sharedDb", *self._storage, "-disableTelemetry", "-port", str(port)],
                stdout=output,
                stderr=subprocess.STDOUT,
                env=os.environ,
            )
        try:
            wait_for_port(port, process, log)
        except BaseException:
            stop(process)
            raise
        return process, port


class FaultyProxy(http.server.ThreadingHTTPServer):
    """Hands requests on; what happens to each is the next of `faults` for its operation, or nothing.

    throttle: refused, as DynamoDB does. lose: done, and the answer is lost. repeat: done twice. stall: no answer, ever.
    """

    daemon_threads = True

    def __init__(self, port):
        super().__init__(("127.0.0.1", 0), Exchange)
        self.upstream = port
        self.faults = {"GetItem": [], "UpdateItem": []}
        self.always = None
        self.calls = []
        self.closing = threading.Event()
        threading.Thread(target=self.serve_forever, kwargs={"poll_interval": 0.05}, daemon=True).start()

    @property
    def endpoint(self):
        return f"http://127.0.0.1:{self.server_port}"

    def fault(self, operation):
        self.calls.append(operation)
        waiting = self.faults[operation]
        return waiting.pop(0) if waiting else self.always

    def handle_error(self, *_):
        """A client that has given up is what is tested."""

    def close(self):
        self.closing.set()
        self.shutdown()
        self.server_close()


class Exchange(http.server.BaseHTTPRequestHandler):
    protocol_version = "HTTP/1.1"
    disable_nagle_algorithm = True

    def do_POST(self):
        body = self.rfile.read(int(self.headers["Content-Length"]))
        fault = self.server.fault(self.headers["X-Amz-Target"].split(".")[1])
        if fault == "stall":
            self.server.closing.wait()
            self.close_connection = True
            return
        if fault == "throttle":
            self.reply(400, b'{"__type":"com.amazonaws.dynamodb.v20120810#ThrottlingException","message":"Rate exceeded"}')
            return
        status, answer = self.forward(body)
        if fault == "repeat":
            self.forward(body)
        if fault == "lose":
            self.close_connection = True
            return
        self.reply(status, answer)

    def forward(self, body):
        connection = http.client.HTTPConnection("127.0.0.1", self.server.upstream, timeout=30)
        with contextlib.closing(connection):
            connection.request("POST", "/", body, dict(self.headers))
            answer = connection.getresponse()
            return answer.status, answer.read()

    def reply(self, status, body):
        self.send_response(status)
        self.send_header("Content-Type", "application/x-amz-json-1.0")
        self.send_header("Content-Length", str(len(body)))
        self.end_headers()
        self.wfile.write(body)

    def log_message(self, *_):
        pass
