#!/bin/sh
# Installs what ackproof is built with, as far as it is missing. Asks nothing. Works as root and with sudo.
set -eu

packages="g++ cmake ninja-build ccache libgtest-dev libsqlite3-dev nlohmann-json3-dev libcli11-dev
libtomlplusplus-dev libssl-dev libvalijson-dev libyaml-cpp-dev libbenchmark-dev
librapidcheck-dev pkg-config libpqxx-dev libhiredis-dev postgresql redis-server"

if ! command -v dpkg-query >/dev/null || ! command -v apt-get >/dev/null; then
  echo "setup: this is not Debian or Ubuntu. Please install the equivalents of these packages:" >&2
  echo "$packages" >&2
  exit 1
fi

missing=""
for package in $packages "$@"; do
  status=$(dpkg-query -W -f '${Status}' "$package" 2>/dev/null || true)
  [ "$status" = "install ok installed" ] || missing="$missing $package"
done
if [ -z "$missing" ]; then
  echo "setup: everything is installed"
  exit 0
fi

as_root=""
if [ "$(id -u)" -ne 0 ]; then
  if ! command -v sudo >/dev/null; then
    echo "setup: neither root nor sudo. Please have these packages installed:$missing" >&2
    exit 1
  fi
  as_root="sudo"
fi
export DEBIAN_FRONTEND=noninteractive
echo "setup: installing$missing"
$as_root apt-get update -q
# shellcheck disable=SC2086  # The list is meant to be split.
$as_root env DEBIAN_FRONTEND=noninteractive apt-get install -q -y --no-install-recommends $missing
