#!/bin/sh
# Builds functions/voice/Dockerfile without any public base image, and looks at what came out (SPEC W28).
#
#   tools/testkit/image/check.sh [BINARY]     BINARY: target/lambda/voice/voice unless said otherwise
#
# The stand-in for the bases is a Debian made by debootstrap: whole for the stages with a shell, glibc alone for the last.
# Needs root, buildah and debootstrap. Everything is made in a temporary folder and removed again.
set -eu

# Where this cannot be tried at all, the answer is 2, which is no failure.
cannot() { echo "$1" >&2; exit 2; }
need() { command -v "$1" > /dev/null || cannot "$1 is not installed"; }
need buildah
need debootstrap
need readelf
[ "$(id -u)" = 0 ] || cannot "only root can make a Debian of its own"

root=$(cd "$(dirname "$0")/../../.." && pwd)
binary=${1:-$root/target/lambda/voice/voice}
suite=${SUITE:-bookworm}
[ -x "$binary" ] || { echo "there is no binary at $binary: ./timmy build makes it" >&2; exit 1; }

work=$(mktemp -d)
store="--root $work/store --runroot $work/run --storage-driver vfs"
# Word splitting of $store is meant: these are options without spaces.
b() { buildah $store "$@"; }
finish() {
  b umount --all > /dev/null 2>&1 || true
  b rm --all > /dev/null 2>&1 || true
  rm -rf "$work"
}
trap finish EXIT INT TERM

fail() { echo "FAILED: $1" >&2; exit 1; }
step() { echo "- $1"; }

step "bases from $suite"
debootstrap --variant=minbase --include=ca-certificates "$suite" "$work/debian" > "$work/debootstrap.log" 2>&1 \
  || { tail -n 5 "$work/debootstrap.log" >&2; fail "debootstrap"; }
container=$(b from scratch)
b add --quiet "$container" "$work/debian" / > /dev/null
b commit --quiet "$container" localhost/check-build > /dev/null
b rm "$container" > /dev/null

mkdir -p "$work/glibc"
(cd "$work/debian" && find . \( -name 'ld-linux*' -o -name 'libc.so*' -o -name 'libm.so*' -o -name 'libgcc_s.so*' \
  -o -name 'libnss_dns*' -o -name 'libresolv.so*' -o -name 'nsswitch.conf' \) \( -type f -o -type l \) -print0 \
  | tar --null -T - -cf - ./lib64 ./lib) | tar -xf - -C "$work/glibc"
container=$(b from scratch)
b add --quiet "$container" "$work/glibc" / > /dev/null
b commit --quiet "$container" localhost/check-base > /dev/null
b rm "$container" > /dev/null

step "the image"
mkdir -p "$work/context/target/lambda/voice" "$work/context/functions/voice"
cp "$binary" "$work/context/target/lambda/voice/voice"
cp "$root/functions/voice/yt-dlp.txt" "$work/context/functions/voice/"
b bud --quiet --isolation chroot --format oci --file "$root/functions/voice/Dockerfile" --target voice \
  --build-arg WORKER=prebuilt --build-arg BUILD_IMAGE=localhost/check-build --build-arg BASE_IMAGE=localhost/check-base \
  --tag localhost/check-voice "$work/context" > "$work/build.log" 2>&1 || { tail -n 20 "$work/build.log" >&2; fail "buildah bud"; }

step "what it says of itself"
config() { b inspect --type image --format "$1" localhost/check-voice; }
[ "$(config '{{.OCIv1.Config.User}}')" = 1000:1000 ] || fail "it does not run as user 1000"
[ "$(config '{{.OCIv1.Config.Entrypoint}}')" = '[/usr/local/bin/voice]' ] || fail "its entry point is another"
config '{{.OCIv1.Config.Volumes}}' | grep -q '/tmp' || fail "/tmp is no volume"

step "what is in it"
container=$(b from localhost/check-voice)
tree=$(b mount "$container")
for shell in sh bash dash busybox; do
  [ -z "$(find "$tree" -name "$shell" -type f -perm /111)" ] || fail "it has a shell: $shell"
done
for tool in apt dpkg apk rpm curl wget python3; do
  [ -z "$(find "$tree" -name "$tool" -perm /111)" ] || fail "it has $tool"
done
[ -z "$(find "$tree" -perm /6000 -type f)" ] || fail "something in it gains rights when it is run"
[ "$(stat -c '%u:%g %a' "$tree/tmp")" = '1000:1000 700' ] || fail "/tmp is not user 1000's alone"
[ -s "$tree/etc/ssl/certs/ca-certificates.crt" ] || fail "there are no roots of trust"
[ "$(stat -c '%u %a' "$tree/usr/local/bin/voice")" = '0 555' ] || fail "the worker could change itself"
readelf --dynamic "$tree/usr/local/bin/voice" | grep NEEDED > "$work/needed"
if grep -qi opus "$work/needed"; then fail "libopus is not linked statically"; fi

step "that it starts"
# Without configuration it says what is missing. 126 and 127 would mean that it cannot be run at all.
code=0
b run --isolation chroot --user 1000:1000 "$container" -- /usr/local/bin/voice > "$work/start.log" 2>&1 || code=$?
if [ "$code" = 126 ] || [ "$code" = 127 ] || grep -qi 'cannot open shared object\|GLIBC_' "$work/start.log"; then
  cat "$work/start.log" >&2
  fail "it does not start"
fi
echo "passed"
