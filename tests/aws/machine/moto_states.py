"""moto's Step Functions as a server of its own: moto_states.py PORT. Its interpreter of the Amazon States Language comes without JSONata; here
it gets the reference implementation. MOTO_PORT in the environment is the port of the Lambda endpoint that its Tasks call, with
AWS_ACCESS_KEY_ID and AWS_SECRET_ACCESS_KEY."""

import json
import os
import pathlib
import subprocess
import sys
import threading

import boto3
from moto.server import main
from moto.stepfunctions.parser.asl.jsonata import jsonata
from moto.stepfunctions.parser.asl.parse.preprocessor import Preprocessor


class Engine:
    """engine.js in a process of its own."""

    def __init__(self):
        script = pathlib.Path(__file__).with_name("engine.js")
        self.process = subprocess.Popen(["node", script], stdin=subprocess.PIPE, stdout=subprocess.PIPE, text=True, bufsize=1)
        self.lock = threading.Lock()

    def __call__(self, expression):
        with self.lock:
            self.process.stdin.write(json.dumps(expression) + "\n")
            self.process.stdin.flush()
            answer = json.loads(self.process.stdout.readline())
        if "error" in answer:
            raise jsonata.JSONataException("Engine", answer["error"])
        return answer.get("value")


def own_query_languages(make=Preprocessor.__init__):
    """Gives each parse its own stack of query languages: shared by all, one refused definition would spoil those after it."""

    def init(self, *arguments, **options):
        make(self, *arguments, **options)
        self._query_language_per_scope = []

    return init


def own_credentials(make=boto3.client):
    """Lets Tasks sign with the environment's credentials instead of made-up ones, and read errors that have no request's id."""

    def client(*arguments, **options):
        options |= {
            "aws_access_key_id": os.environ["AWS_ACCESS_KEY_ID"],
            "aws_secret_access_key": os.environ["AWS_SECRET_ACCESS_KEY"],
        }
        made = make(*arguments, **options)
        made.meta.events.register("after-call", lambda parsed, **_: parsed.setdefault("ResponseMetadata", {}).setdefault("RequestId", "none"))
        return made

    return client


boto3.client = own_credentials()
jsonata._eval_jsonata = Engine()
Preprocessor.__init__ = own_query_languages()
main(["-H", "127.0.0.1", "-p", sys.argv[1]])
