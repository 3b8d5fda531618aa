"""`stepconf local` as a black box, and what it leaves behind."""

import json
import signal
import socket
import subprocess
import time
import urllib.request

from command import PROJECT, STEPCONF, Command, with_marker


class Local(Command):
    def serve(self, *arguments):
        process = subprocess.Popen([STEPCONF, "local", *arguments], cwd=self.folder, stdout=subprocess.PIPE,
                                   stderr=subprocess.PIPE, text=True)
        self.addCleanup(process.stderr.close)
        self.addCleanup(process.stdout.close)
        self.addCleanup(process.wait)
        self.addCleanup(process.kill)
        return process, json.loads(process.stdout.readline())["endpoint"]

    def invoke(self, endpoint, name, event):
        request = urllib.request.Request(f"{endpoint}/2015-03-31/functions/{name}/invocations", json.dumps(event).encode(), method="POST")
        with urllib.request.urlopen(request, timeout=30) as answer:
            return json.loads(answer.read())

    def test_serves_functions_by_memory_size(self):
        process, endpoint = self.serve()
        self.assertEqual(self.invoke(endpoint, "work:mem-1769", {"n": 21}), {"n": 21, "twice": 42})
        self.assertEqual(self.invoke(endpoint, "work", {"stepconf": {"processes": 2}, "jobs": [1, 2, 3]}),
                         [{"n": n, "twice": 2 * n} for n in (1, 2, 3)])
        process.send_signal(signal.SIGINT)
        self.assertEqual(process.wait(timeout=10), 130)

    def test_says_how_to_call_it_and_logs_as_lambda_does(self):
        process, endpoint = self.serve()
        self.invoke(endpoint, "work", {"n": 21})
        process.send_signal(signal.SIGINT)
        said = process.stderr.read()
        self.assertIn(f"export AWS_ENDPOINT_URL_LAMBDA={endpoint} AWS_DEFAULT_REGION=us-east-1 AWS_ACCESS_KEY_ID=", said)
        self.assertRegex(said, r"aws lambda invoke --function-name finish:mem-\d+ ")
        self.assertRegex(said, r'boto3.client\("lambda"\).invoke\(FunctionName="finish:mem-\d+"')
        for line in ("START RequestId: ", "END RequestId: ", "REPORT RequestId: "):
            self.assertEqual(said.count(f"work: {line}"), 1)

    def test_leaves_no_process_within_a_second_after_it_was_killed(self):
        marker = str(self.folder / "marker")
        self.write("stepconf.yaml", PROJECT.replace("timeout: 5s", f"timeout: 5s, environment: {{MARKER: {marker}}}"))
        process, endpoint = self.serve()
        self.invoke(endpoint, "work", {"n": 1})
        self.assertNotEqual(with_marker(marker), [])
        process.kill()
        process.wait()
        deadline = time.monotonic() + 1
        while with_marker(marker) and time.monotonic() < deadline:
            time.sleep(0.02)
        self.assertEqual(with_marker(marker), [])

    def test_a_busy_port_is_one_clear_message(self):
        with socket.socket() as busy:
            busy.bind(("127.0.0.1", 0))
            busy.listen()
            port = busy.getsockname()[1]
            message = self.stepconf("local", "--port", port, status=1).stderr
        self.assertIn(str(port), message)
        self.assertIn("in use", message)
