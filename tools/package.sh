#!/usr/bin/env bash
# Builds what runs inside Lambda as self-contained programs for x86_64 and arm64, and packs them: build/package/ has for each
#   stepconf-wrapper-layer-ARCH.zip      a layer for managed runtimes: AWS_LAMBDA_EXEC_WRAPPER=/opt/stepconf-wrapper
#   stepconf-wrapper-bootstrap-ARCH.zip  a bootstrap for provided.* runtimes, with the command in STEPCONF_COMMAND
#   ARCH/stepconf-wrapper                the program itself, for container images
#   stepconf-configurator-ARCH.zip       the configurator as a bootstrap for provided.*; a deployment adds its plan
# Zig (from PyPI) brings compiler, C++ library and musl; mbedTLS comes as Debian's source package.
set -euo pipefail
cd "$(dirname "$0")/.."

zig_version=0.17.1
root=$PWD/build/package
mkdir -p "$root"

# Zig, in a virtual environment of its own.
zig_home=$root/zig-$zig_version
if [[ ! -x $zig_home/bin/python || ! -f $zig_home/complete ]]; then
  echo "Installing ziglang $zig_version (100 MB) into build/package/" >&2
  python3 -m venv "$zig_home"
  "$zig_home/bin/pip" install --quiet --disable-pip-version-check "ziglang==$zig_version"
  touch "$zig_home/complete"
fi
zig=$("$zig_home/bin/python" -c 'import os, ziglang; print(os.path.join(os.path.dirname(ziglang.__file__), "zig"))')
export ZIG_GLOBAL_CACHE_DIR=$root/zig-cache
for command in ar ranlib; do
  printf '#!/bin/sh\nexec "%s" %s "$@"\n' "$zig" "$command" >"$root/$command"
  chmod +x "$root/$command"
done

# The headers of the libraries that are nothing but headers, without the C library's that lie beside them.
mkdir -p "$root/include"
for library in boost fmt nlohmann; do
  ln -sfn "/usr/include/$library" "$root/include/$library"
done
"$PWD/tools/fetch_mbedtls.sh" "$root"

for arch in x86_64 aarch64; do
  name=${arch/aarch64/arm64}
  echo "Building for $name; the first time with the C++ library, which takes a minute or two" >&2
  if ! cmake -G Ninja -B "$root/build-$name" -DCMAKE_TOOLCHAIN_FILE="$PWD/cmake/lambda-toolchain.cmake" -DCMAKE_BUILD_TYPE=Release \
      -DCMAKE_C_FLAGS_RELEASE="-O2 -DNDEBUG" -DCMAKE_CXX_FLAGS_RELEASE="-O2 -DNDEBUG" \
      -DZIG="$zig" -DSTEPCONF_LAMBDA_ARCH="$arch" -DSTEPCONF_LAMBDA_ROOT="$root" -DSTEPCONF_LAMBDA_ONLY=ON \
      -DSTEPCONF_WERROR=OFF -DSTEPCONF_UNITY=ON -DSTEPCONF_TESTS=OFF -DSTEPCONF_EXAMPLES=OFF >"$root/configure-$name.log" 2>&1; then
    tail -n 30 "$root/configure-$name.log" >&2
    exit 1
  fi
  ninja -C "$root/build-$name" stepconf-wrapper stepconf-configurator echo-function
  install -D -t "$root/$name" "$root/build-$name/bin/stepconf-wrapper" "$root/build-$name/bin/stepconf-configurator"
done
python3 tools/pack.py "$root" "$zig"
