#!/usr/bin/env bash
# Builds the one-file program for other machines: scripts/build.sh windows|linux
#   windows  dist/careshed.exe, for 64-bit Windows 10 and later; needs the MinGW-w64 C compiler (Debian: gcc-mingw-w64-x86-64)
#   linux    dist/careshed, static, for any 64-bit Linux; needs musl's C compiler (Debian: musl-tools)
set -euo pipefail
cd "$(dirname "${BASH_SOURCE[0]}")/.."

case ${1-} in
    windows) target=x86_64-pc-windows-gnu compiler=x86_64-w64-mingw32-gcc file=careshed.exe ;;
    linux) target=x86_64-unknown-linux-musl compiler=musl-gcc file=careshed ;;
    *) sed -n '2,4s/^# //p' "${BASH_SOURCE[0]}" >&2; exit 2 ;;
esac
command -v "$compiler" > /dev/null || { echo "$compiler is not installed" >&2; exit 1; }
rustup target add "$target"
# The C parts (SQLite) find their compiler by the name of the target; musl's has a name of its own.
made_with=("CC_${target//-/_}=$compiler")
# Rust brings musl itself and links it statically with any linker but musl-gcc, which would ask for musl's loader at run time.
[ "$1" = linux ] || made_with+=("CARGO_TARGET_$(tr 'a-z-' 'A-Z_' <<< "$target")_LINKER=$compiler")
env "${made_with[@]}" cargo build --release --locked --target "$target"
mkdir -p dist
cp "target/$target/release/$file" dist/
ls -l "dist/$file"
