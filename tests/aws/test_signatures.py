"""Our signatures against those that botocore makes of the same requests."""

import json
import os
import pathlib
import random
import subprocess
import urllib.parse

import botocore.auth
import botocore.awsrequest
import botocore.credentials
import pytest

HERE = pathlib.Path(__file__).resolve().parent
TOOL = os.environ.get("OBJECTS_TOOL", str(HERE.parents[1] / "build" / "bin" / "objects_tool"))
TIME = 1760000000
STAMP = "20251009T085320Z"

ODD = ["a b", "a+b", "ü/日本", "~", "100%", "%2F", "a//b", "./..", "a'(b)*!", "k=v&x", "#?", "\t", "-._~", "$function:alias@1,2;"]


def encode(text, safe=""):
    return urllib.parse.quote(text, safe=safe + "-._~")


def request(**fields):
    return {
        "method": "GET",
        "target": "/",
        "headers": {"Host": "bucket.s3.us-east-1.amazonaws.com"},
        "body": "",
        "service": "s3",
        "region": "us-east-1",
        "id": "AKIAEXAMPLE",
        "secret": "secret/+=",
        "token": "",
        "unsigned_payload": False,
        "time": TIME,
        **fields,
    }


def cases():
    for text in ODD:
        yield request(target="/bucket/" + encode(text, safe="/"))
        yield request(target="/?" + encode(text) + "=" + encode(text))
        yield request(target="/" + encode(text, safe="/"), service="lambda")
        for service in ("states", "dynamodb", "cloudformation", "sts", "iam", "logs"):
            form = "Action=A&Name=" + encode(text)
            yield request(service=service, method="POST", body=form, headers={"Host": f"{service}.us-east-1.amazonaws.com", "Content-Type": "application/x-www-form-urlencoded; charset=utf-8", "X-Amz-Target": "T.A"})
        yield request(target="/2015-03-31/functions/" + encode("arn:aws:lambda:r:1:function:" + text) + "/aliases?Marker=" + encode(text), service="lambda")
    yield request(target="/k?uploads=", method="POST")
    yield request(target="/k?uploadId=x%2By&partNumber=2", method="PUT", body="part")
    yield request(target="/?b=2&a=1&b=1&a-=3&A=0&empty=")
    yield request(token="a/session+token==")
    yield request(unsigned_payload=True, method="PUT", body="not signed")
    yield request(service="dynamodb", method="POST", body='{"TableName": "ü"}', headers={"Host": "h:8000", "X-Amz-Target": "DynamoDB_20120810.GetItem", "Content-Type": "application/x-amz-json-1.0"})
    yield request(headers={"Host": "h", "X-Amz-Meta-Blanks": "  a   b\tc ", "Range": "bytes=0-1", "If-Match": '"etag"', "User-Agent": "no", "Content-Type": "text/plain"})
    chance = random.Random(1)
    for _ in range(100):
        text = "".join(chr(chance.choice([chance.randint(1, 0x7F), chance.randint(0x80, 0xD7FF)])) for _ in range(chance.randint(1, 12)))
        yield request(target="/" + encode(text, safe="/") + "?x=" + encode(text), body=text)


class SignatureOfThatTime:
    """Makes botocore believe that it is TIME, and keep the headers as they are."""

    def add_auth(self, aws_request):
        aws_request.context["timestamp"] = STAMP
        self._modify_request_before_signing(aws_request)
        canonical = self.canonical_request(aws_request)
        signature = self.signature(self.string_to_sign(aws_request, canonical), aws_request)
        self._inject_signature_to_request(aws_request, signature)

    def _set_necessary_date_headers(self, aws_request):
        aws_request.headers["X-Amz-Date"] = STAMP


class S3Signature(SignatureOfThatTime, botocore.auth.S3SigV4Auth):
    def _should_sha256_sign_payload(self, aws_request):
        return not aws_request.context["unsigned"]


class Signature(SignatureOfThatTime, botocore.auth.SigV4Auth):
    def _normalize_url_path(self, path):
        # Ours encodes once more and leaves dots and slashes alone; no request of ours has them.
        return urllib.parse.quote(path, safe="/-._~")


def botocores(order):
    headers = dict(order["headers"])
    aws_request = botocore.awsrequest.AWSRequest(
        method=order["method"],
        url=f"http://{headers['Host']}{order['target']}",
        headers=headers,
        data=order["body"].encode(),
    )
    aws_request.context["unsigned"] = order["unsigned_payload"]
    credentials = botocore.credentials.Credentials(order["id"], order["secret"], order["token"] or None)
    kind = S3Signature if order["service"] == "s3" else Signature
    kind(credentials, order["service"], order["region"]).add_auth(aws_request)
    return aws_request.headers["Authorization"]


@pytest.fixture(scope="module")
def ours():
    orders = list(cases())
    lines = "".join(json.dumps(order) + "\n" for order in orders)
    answer = subprocess.run([TOOL, "sign"], input=lines, capture_output=True, text=True, check=True, timeout=30)
    signed = [json.loads(line) for line in answer.stdout.splitlines()]
    assert len(signed) == len(orders) > 140
    return list(zip(orders, signed))


def test_each_signature_is_the_one_that_botocore_makes(ours):
    for order, headers in ours:
        assert headers["Authorization"] == botocores(order), order


def test_the_session_token_and_the_digest_travel_with_the_signature(ours):
    for order, headers in ours:
        assert headers.get("X-Amz-Security-Token", "") == order["token"]
        assert ("X-Amz-Content-Sha256" in headers) == (order["service"] == "s3")
        assert headers["X-Amz-Date"] == STAMP
