"""The places where credentials come from, against botocore: both read the same files and variables, and ask the same server on loopback."""

import hashlib
import http.server
import json
import pathlib
import subprocess
import sys
import threading
import time
import urllib.parse

import pytest

from service_calls import Refused, Tool, plain_environment

LATER = "2099-01-01T00:00:00Z"
TOKEN_FILE = "the-token"


def xml_session(action, key):
    credentials = f"<AccessKeyId>{key}</AccessKeyId><SecretAccessKey>s/{key}</SecretAccessKey><SessionToken>t={key}</SessionToken><Expiration>{LATER}</Expiration>"
    user = "<AssumedRoleUser><AssumedRoleId>i</AssumedRoleId><Arn>a</Arn></AssumedRoleUser>"
    return f'<{action}Response xmlns="https://sts.amazonaws.com/doc/2011-06-15/"><{action}Result><Credentials>{credentials}</Credentials>{user}</{action}Result></{action}Response>'


def document(key):
    return json.dumps({"Code": "Success", "AccessKeyId": key, "SecretAccessKey": f"s/{key}", "Token": f"t={key}", "Expiration": LATER})


class Sources(http.server.BaseHTTPRequestHandler):
    """STS, SSO's portal and token endpoint, a container's endpoint and an instance's metadata. Keys tell who asked, and how."""

    protocol_version = "HTTP/1.1"

    def log_message(self, *_):
        pass

    def reply(self, text, status=200):
        body = text.encode()
        self.send_response(status)
        self.send_header("Content-Length", str(len(body)))
        self.end_headers()
        self.wfile.write(body)

    def do_POST(self):
        body = self.rfile.read(int(self.headers["Content-Length"])).decode()
        if self.path == "/token":
            order = json.loads(body)
            assert order["grantType"] == "refresh_token", order
            return self.reply(json.dumps({"accessToken": "renewed-" + order["refreshToken"], "expiresIn": 3600, "refreshToken": "next"}))
        order = dict(urllib.parse.parse_qsl(body))
        # Who signed it, which role, and what else was said.
        signer = self.headers.get("Authorization", "Credential=nobody/").split("Credential=")[1].split("/")[0]
        key = "-".join([signer, order["RoleArn"].split("/")[-1], order.get("ExternalId", ""), order.get("DurationSeconds", ""), order.get("WebIdentityToken", "")])
        return self.reply(xml_session(order["Action"], key))

    def do_PUT(self):
        assert self.headers["x-aws-ec2-metadata-token-ttl-seconds"]
        self.reply("imds-token")

    def do_GET(self):
        path = urllib.parse.urlparse(self.path)
        if path.path == "/federation/credentials":
            query = dict(urllib.parse.parse_qsl(path.query))
            key = "-".join([query["account_id"], query["role_name"], self.headers["x-amz-sso_bearer_token"]])
            return self.reply(json.dumps({"roleCredentials": {"accessKeyId": key, "secretAccessKey": "s/" + key, "sessionToken": "t=" + key, "expiration": 4070908800000}}))
        if path.path == "/container":
            return self.reply(document("container-" + self.headers.get("Authorization", "")))
        if self.headers.get("X-aws-ec2-metadata-token") != "imds-token":
            return self.reply("", 401)
        role = "/latest/meta-data/iam/security-credentials/"
        return self.reply({role: "instance-role", role + "instance-role": document("instance")}.get(self.path, ""), 200)


@pytest.fixture(scope="module")
def server():
    running = http.server.ThreadingHTTPServer(("127.0.0.1", 0), Sources)
    thread = threading.Thread(target=running.serve_forever)
    thread.start()
    yield f"http://127.0.0.1:{running.server_port}"
    running.shutdown()
    thread.join()
    running.server_close()


BOTOCORES = """
import json, botocore.session
found = botocore.session.get_session().get_credentials()
frozen = found.get_frozen_credentials() if found else None
print(json.dumps(frozen and [frozen.access_key, frozen.secret_key, frozen.token or ""]))
"""


def botocores(environment):
    done = subprocess.run([sys.executable, "-c", BOTOCORES], env=environment, capture_output=True, text=True, timeout=60, check=True)
    return json.loads(done.stdout)


def ours(environment):
    with Tool(environment) as tool:
        found = tool("credentials")
    return [found["id"], found["secret"], found["token"]]


@pytest.fixture
def place(tmp_path, server):
    """Gives the environment of a home with these files."""

    def make(config="", credentials="", **variables):
        folder = tmp_path / ".aws"
        folder.mkdir(exist_ok=True)
        (folder / "config").write_text(config)
        (folder / "credentials").write_text(credentials)
        (tmp_path / TOKEN_FILE).write_text("web.token")
        environment = plain_environment(HOME=str(tmp_path), AWS_REGION="us-east-1", AWS_DEFAULT_REGION="us-east-1", AWS_ENDPOINT_URL=server, AWS_EC2_METADATA_DISABLED="true")
        environment.update({name: value.replace("HOME/", f"{tmp_path}/").replace("SERVER", server) for name, value in variables.items()})
        return {name: value for name, value in environment.items() if value}

    return make


def cached_token(home, name, expires, **more):
    cache = pathlib.Path(home) / ".aws/sso/cache"
    cache.mkdir(parents=True, exist_ok=True)
    path = cache / (hashlib.sha1(name.encode()).hexdigest() + ".json")
    path.write_text(json.dumps({"startUrl": "https://x/start", "region": "us-east-1", "accessToken": "access", "expiresAt": expires, **more}))
    return path


KEY = "aws_access_key_id = {0}\naws_secret_access_key = s{0}\n"
ROLE = "role_arn = arn:aws:iam::1:role/{0}\n"
SESSION = "sso_account_id = 1\nsso_role_name = r\nsso_session = corp\n[sso-session corp]\nsso_region = us-east-1\nsso_start_url = https://x/start\n"

CASES = {
    "environment": dict(AWS_ACCESS_KEY_ID="e", AWS_SECRET_ACCESS_KEY="s", AWS_SESSION_TOKEN="t", credentials="[default]\n" + KEY.format("f")),
    "credentials file": dict(credentials="[default]\n" + KEY.format("f") + "aws_session_token = t\n"),
    "both files": dict(config="[default]\n" + KEY.format("c"), credentials="[default]\n" + KEY.format("f")),
    "config file": dict(config="[profile p]\n" + KEY.format("c"), AWS_PROFILE="p"),
    "quoted profile": dict(config='[profile "a b"]\n' + KEY.format("c"), AWS_PROFILE="a b"),
    "files elsewhere": dict(AWS_SHARED_CREDENTIALS_FILE="HOME/.aws/config", config="[default]\n" + KEY.format("x")),
    "source profile": dict(config="[profile p]\nsource_profile = base\nexternal_id = outside\nduration_seconds = 900\nrole_session_name = name\n" + ROLE.format("one"), credentials="[base]\n" + KEY.format("b"), AWS_PROFILE="p"),
    "chain of roles": dict(config="[profile p]\nsource_profile = q\n" + ROLE.format("two") + "[profile q]\nsource_profile = base\n" + ROLE.format("one"), credentials="[base]\n" + KEY.format("b"), AWS_PROFILE="p"),
    "its own source": dict(config="[profile p]\nsource_profile = p\n" + ROLE.format("one") + KEY.format("b"), AWS_PROFILE="p"),
    "source from the environment": dict(config="[profile p]\ncredential_source = EcsContainer\n" + ROLE.format("one"), AWS_PROFILE="p", AWS_CONTAINER_CREDENTIALS_FULL_URI="SERVER/container"),
    "source from the instance": dict(config="[profile p]\ncredential_source = Ec2InstanceMetadata\n" + ROLE.format("one"), AWS_PROFILE="p", AWS_EC2_METADATA_DISABLED="", AWS_EC2_METADATA_SERVICE_ENDPOINT="SERVER/"),
    "web identity": dict(AWS_WEB_IDENTITY_TOKEN_FILE=f"HOME/{TOKEN_FILE}", AWS_ROLE_ARN="arn:aws:iam::1:role/pod", AWS_ROLE_SESSION_NAME="name"),
    "web identity of a profile": dict(config=f"[profile p]\nweb_identity_token_file = HOME/{TOKEN_FILE}\n" + ROLE.format("pod"), AWS_PROFILE="p"),
    "process": dict(config="""[default]\ncredential_process = echo '{"Version": 1, "AccessKeyId": "p", "SecretAccessKey": "s", "SessionToken": "t", "Expiration": "2099-01-01T00:00:00Z"}'\n"""),
    "container": dict(AWS_CONTAINER_CREDENTIALS_FULL_URI="SERVER/container", AWS_CONTAINER_AUTHORIZATION_TOKEN="secret"),
    "container with a token file": dict(AWS_CONTAINER_CREDENTIALS_FULL_URI="SERVER/container", AWS_CONTAINER_AUTHORIZATION_TOKEN_FILE=f"HOME/{TOKEN_FILE}"),
    "instance": dict(AWS_EC2_METADATA_DISABLED="", AWS_EC2_METADATA_SERVICE_ENDPOINT="SERVER/"),
    "comments and odd lines": dict(credentials="# c\n; d\n[default]\n\n" + KEY.format("f").replace(" = ", "=") + "; aws_session_token = t\n"),
}


@pytest.mark.parametrize("case", CASES)
def test_the_chain_finds_what_botocore_finds(place, tmp_path, case):
    given = dict(CASES[case])
    if "config" in given:
        given["config"] = given["config"].replace("HOME/", f"{tmp_path}/")
    environment = place(**given)
    expected = botocores(environment)
    assert expected is not None
    assert ours(environment) == expected


def test_sso_with_a_token_that_is_good(place, tmp_path):
    environment = place(config="[profile p]\n" + SESSION, AWS_PROFILE="p")
    cached_token(tmp_path, "corp", LATER)
    assert ours(environment) == botocores(environment) == ["1-r-access", "s/1-r-access", "t=1-r-access"]


def test_sso_of_an_old_profile(place, tmp_path):
    environment = place(config="[profile p]\nsso_account_id = 1\nsso_role_name = r\nsso_region = us-east-1\nsso_start_url = https://x/start\n", AWS_PROFILE="p")
    cached_token(tmp_path, "https://x/start", LATER)
    assert ours(environment) == botocores(environment)


def test_sso_renews_a_token_that_has_expired_and_keeps_it(place, tmp_path):
    environment = place(config="[profile p]\n" + SESSION, AWS_PROFILE="p")
    path = cached_token(tmp_path, "corp", "2020-01-01T00:00:00Z", refreshToken="R", clientId="c", clientSecret="s", registrationExpiresAt=LATER)
    assert ours(environment)[0] == "1-r-renewed-R"
    kept = json.loads(path.read_text())
    assert (kept["accessToken"], kept["refreshToken"]) == ("renewed-R", "next")
    assert kept["expiresAt"] > time.strftime("%Y-%m-%dT%H:%M:%SZ", time.gmtime())
    assert path.stat().st_mode & 0o077 == 0
    assert botocores(environment)[0] == "1-r-renewed-R", "botocore reads what was kept"


REFUSED = {
    "no such profile": (dict(AWS_PROFILE="nobody"), 'the profile "nobody" is neither in'),
    "a circle": (dict(config="[profile p]\nsource_profile = q\n" + ROLE.format("1") + "[profile q]\nsource_profile = p\n" + ROLE.format("2"), AWS_PROFILE="p"), "from itself by way of others"),
    "no source": (dict(config="[profile p]\n" + ROLE.format("1"), AWS_PROFILE="p"), "must have source_profile"),
    "a missing source": (dict(config="[profile p]\nsource_profile = x\n" + ROLE.format("1"), AWS_PROFILE="p"), "which no file has"),
    "an odd source": (dict(config="[profile p]\ncredential_source = Moon\n" + ROLE.format("1"), AWS_PROFILE="p"), "must be Environment"),
    "a code": (dict(config="[profile p]\nsource_profile = b\nmfa_serial = m\n" + ROLE.format("1") + "[profile b]\n" + KEY.format("b"), AWS_PROFILE="p"), "mfa_serial"),
    "an SSO session that is missing": (dict(config="[profile p]\nsso_account_id = 1\nsso_role_name = r\nsso_session = x\n", AWS_PROFILE="p"), 'sso-session "x"'),
    "no sign-in": (dict(config="[profile p]\n" + SESSION, AWS_PROFILE="p"), "aws sso login --profile p"),
    "a process that fails": (dict(config="[default]\ncredential_process = exit 3\n"), "it ends with status 3"),
    "a process that prints secrets": (dict(config="[default]\ncredential_process = echo '{HIDDEN'\n"), "the answer is no JSON object"),
    "nothing at all": (dict(), "no AWS credentials were found"),
}


@pytest.mark.parametrize("case", REFUSED)
def test_says_why_there_are_no_credentials(place, case):
    given, message = REFUSED[case]
    with pytest.raises(Refused) as refused:
        ours(place(**given))
    assert message in str(refused.value)
    assert "HIDDEN" not in str(refused.value)


BOTOCORES_PLACE = """
import json, sys, botocore.session
client = botocore.session.get_session().create_client(sys.argv[1], aws_access_key_id="a", aws_secret_access_key="b")
print(json.dumps([client.meta.endpoint_url, client._request_signer.region_name]))
"""
NAMES = {"lambda": "lambda", "states": "stepfunctions", "dynamodb": "dynamodb", "cloudformation": "cloudformation", "sts": "sts", "logs": "logs", "iam": "iam"}
OWN = "[default]\nregion = eu-west-1\nservices = s\nendpoint_url = http://general:1\n[services s]\nstates =\n  endpoint_url = http://no:2\nsfn =\n  endpoint_url = http://own:3\ncloudwatch_logs =\n  endpoint_url = http://logs:4\n"
PLACES = {
    "a region": dict(AWS_REGION="eu-central-1"),
    "China": dict(AWS_REGION="cn-northwest-1"),
    "GovCloud": dict(AWS_REGION="us-gov-east-1"),
    "the profile's region": dict(config="[default]\nregion = eu-west-1\n", AWS_REGION=""),
    "the files' endpoints": dict(config=OWN, AWS_REGION=""),
    "endpoints ignored": dict(config=OWN, AWS_REGION="", AWS_IGNORE_CONFIGURED_ENDPOINT_URLS="true"),
    "an endpoint for all": dict(config=OWN, AWS_REGION="", AWS_ENDPOINT_URL="http://all:5"),
    "an endpoint for one": dict(AWS_ENDPOINT_URL_SFN="http://one:6", AWS_REGION="eu-west-1"),
}


@pytest.mark.parametrize("case", PLACES)
def test_services_are_where_botocore_finds_them(place, case):
    environment = place(**{"AWS_ENDPOINT_URL": "", "AWS_DEFAULT_REGION": "", **PLACES[case]})
    # botocore takes its region from AWS_DEFAULT_REGION only.
    if "AWS_REGION" in environment:
        environment["AWS_DEFAULT_REGION"] = environment["AWS_REGION"]
    with Tool(environment) as tool:
        for service, name in NAMES.items():
            done = subprocess.run([sys.executable, "-c", BOTOCORES_PLACE, name], env=environment, capture_output=True, text=True, timeout=60, check=True)
            url, region = json.loads(done.stdout)
            port = {"https": ":443"}.get(url.split(":")[0], "") if url.count(":") == 1 else ""
            found = tool("destination", service=service)
            assert (found["origin"], found["region"]) == (url + port, region), service
