#!/usr/bin/env bash
# Installs the Debian packages that one of the Makefile's commands needs, and says so; quick where they are there.
# Usage: tools/install.sh build|test|lint|bench|clip|aws|package|fuzz ...
set -euo pipefail

packages=()
for group in "$@"; do
  case $group in
    build) packages+=(g++ cmake ninja-build ccache libboost-dev libceres-dev libcli11-dev libfmt-dev
                      libmbedtls-dev libopencv-dev libpng-dev libpugixml-dev libsqlite3-dev libyaml-cpp-dev libzip-dev nlohmann-json3-dev
                      opencv-data) ;;
    test) packages+=(coinor-cbc libgtest-dev librapidcheck-dev python3) ;;
    lint) packages+=(clang-format-19 clang-tidy-19) ;;
    bench) packages+=(coinor-cbc gnuplot-nox libbenchmark-dev python3 python3-venv) ;;
    clip) packages+=(python3 python3-pip) ;;
    aws)
      packages+=(ca-certificates cmake g++ maven nlohmann-json3-dev openjdk-17-jdk-headless openssl python3 python3-pip
                 python3-venv qemu-user-static xz-utils)
      # Who has npm from elsewhere keeps it: Debian's would replace their Node.js.
      command -v npm >/dev/null || packages+=(npm)
      ;;
    package) packages+=(g++ cmake ninja-build libboost-dev libfmt-dev nlohmann-json3-dev python3 python3-venv) ;;
    fuzz) packages+=(clang-19 libclang-rt-19-dev) ;;
    *) echo "tools/install.sh: unknown group \"$group\"" >&2; exit 2 ;;
  esac
done

missing=()
for package in "${packages[@]}"; do
  state=$(dpkg-query -W -f='${Status}' "$package" 2>/dev/null || true)
  [[ $state == *"ok installed" ]] || missing+=("$package")
done
[[ ${#missing[@]} -eq 0 ]] && exit 0

sudo=()
if [[ $(id -u) -ne 0 ]]; then
  sudo=(sudo)
  if ! command -v sudo >/dev/null; then
    echo "These Debian packages are missing: ${missing[*]}" >&2
    echo "Install them as root (apt-get install ...), then run the command again." >&2
    exit 1
  fi
fi
echo "Installing with apt: ${missing[*]}" >&2
log=$(mktemp)
trap 'rm -f "$log"' EXIT
export DEBIAN_FRONTEND=noninteractive
if ! { "${sudo[@]}" apt-get update -q && "${sudo[@]}" apt-get install -yq --no-install-recommends "${missing[@]}"; } \
    >"$log" 2>&1 </dev/null; then
  tail -n 20 "$log" >&2
  echo "apt could not install: ${missing[*]}" >&2
  exit 1
fi
