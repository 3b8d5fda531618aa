#!/usr/bin/env bash
# Usage: tools/fetch_mbedtls.sh FOLDER
# Unpacks the sources of mbedTLS into FOLDER/mbedtls, from the Debian release that this machine installs its packages from. apt gets lists and folders of its own, so that
# the machine's settings stay as they are and no rights are needed; it checks the signatures.
set -euo pipefail

folder=$(realpath "$1")
[[ -f $folder/mbedtls/complete ]] && exit 0

apt=$folder/apt
mkdir -p "$apt/lists/partial" "$apt/cache/archives/partial" "$apt/sources"
for list in /etc/apt/sources.list /etc/apt/sources.list.d/*.list; do
  [[ -f $list ]] && sed -n 's/^deb /deb-src /p' "$list" >"$apt/sources/$(basename "$list" .list).list"
done
for list in /etc/apt/sources.list.d/*.sources; do
  [[ -f $list ]] && sed 's/^Types:.*/Types: deb-src/' "$list" >"$apt/sources/$(basename "$list")"
done
options=(-q -o Dir::Etc::sourcelist=/dev/null -o Dir::Etc::sourceparts="$apt/sources" -o Dir::State::lists="$apt/lists"
         -o Dir::Cache="$apt/cache" -o APT::Sandbox::User=)
echo "Fetching the sources of mbedTLS with apt" >&2
if ! { apt-get "${options[@]}" update && cd "$apt" && apt-get "${options[@]}" source --download-only mbedtls; } >"$apt/log" 2>&1; then
  tail -n 20 "$apt/log" >&2
  echo "apt could not fetch the source package mbedtls" >&2
  exit 1
fi
rm -rf "$folder/mbedtls"
mkdir "$folder/mbedtls"
tar -xf "$apt"/mbedtls_*.orig.tar.* -C "$folder/mbedtls" --strip-components=1
touch "$folder/mbedtls/complete"
