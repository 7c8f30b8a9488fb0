#!/usr/bin/env bash
# Runs dist/careshed.exe as a Windows user would, under Wine, in folders with Chinese names: demo, check, cover, and a second time over
# the first results. What it writes must be what the Linux program (first argument, default target/release/careshed) writes, to the byte.
# Needs wine64 and the MinGW-w64 C compiler; says so and does nothing where one of them is missing.
set -euo pipefail
cd "$(dirname "${BASH_SOURCE[0]}")/.."
root=$PWD native=$(realpath "${1-target/release/careshed}")

wine=$(command -v wine64 || ls /usr/lib/wine/wine64 2> /dev/null) || { echo "skipped: Windows program not tried, wine64 is not installed"; exit 0; }
command -v x86_64-w64-mingw32-gcc > /dev/null || { echo "skipped: Windows program not tried, MinGW-w64 is not installed"; exit 0; }

scratch=$(mktemp -d)
# Wine's own server may still be writing there.
trap 'rm -rf "$scratch" 2> /dev/null || true' EXIT
export WINEPREFIX="$scratch/prefix" WINEDEBUG=-all LC_ALL=C.UTF-8 DISPLAY=
mkdir -p "$scratch/养老 服务" && cd "$scratch/养老 服务"
cp "$root/dist/careshed.exe" .

# Rust asks this system library for random bytes; older Wine has the function under another name only.
if [ ! -e "$(dirname "$wine")/../x86_64-linux-gnu/wine/x86_64-windows/bcryptprimitives.dll" ]; then
    cat > "$scratch/random.c" << 'C'
#include <windows.h>
BOOLEAN NTAPI SystemFunction036(PVOID, ULONG);
__declspec(dllexport) BOOL WINAPI ProcessPrng(PBYTE data, SIZE_T length) { return SystemFunction036(data, (ULONG)length); }
C
    x86_64-w64-mingw32-gcc -shared -o bcryptprimitives.dll "$scratch/random.c" -ladvapi32
fi

exe() { timeout 300 "$wine" careshed.exe "$@"; }

# A machine on which Wine cannot even run its own command interpreter says nothing about our program.
timeout 120 "$wine" cmd /c exit 0 > "$scratch/wine.log" 2>&1 || { tail -3 "$scratch/wine.log"; echo "skipped: Windows program not tried, Wine does not run here"; exit 0; }

exe --version
exe --lang zh | grep -q 社区养老服务设施
exe demo --lang zh --out 结果 > demo.txt 2> demo.err
grep -q report.html demo.txt
exe check 结果/city/study.toml --lang zh --format json > 问题.json 2> check.err && code=0 || code=$?
test "$code" -le 1
exe cover 结果/city/study.toml --lang zh --out 覆盖 > cover.txt 2> cover.err
# Over the results of the first run, as every second run is.
exe cover 结果/city/study.toml --lang zh --out 覆盖 > cover.txt 2> cover.err
test -s 覆盖/report.html

"$native" demo --lang zh --out native > /dev/null 2>&1
diff -r native 结果
(cd 结果 && "$native" cover city/study.toml --lang zh --out ../native-cover > /dev/null 2>&1)
for file in totals.csv communities.csv communities.geojson communities.xlsx report.html; do
    cmp "native-cover/$file" "覆盖/$file"
done
echo "the Windows program writes what the Linux program writes"
