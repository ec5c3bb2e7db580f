#!/usr/bin/env bash
# Builds the repository and runs its tests.
#
#   ./test.sh               all tests
#   ./test.sh Storage       the test classes whose full name contains "Storage" (a room, a project or a class)
#   ./test.sh Storage Cli   either of both
#
# The last line is "N passed, N failed", summed over all test projects. The exit code is 0 if something ran and nothing failed.
set -uo pipefail
cd "$(dirname "$0")" || exit 1

if [[ "${1:-}" == "-h" || "${1:-}" == "--help" ]]; then
    sed -n '2,8s/^# \{0,1\}//p' "$0"
    exit 0
fi

export DOTNET_CLI_TELEMETRY_OPTOUT=1 DOTNET_NOLOGO=1

# Debian packages that tests use beyond the SDK.
packages=(python3-numpy lz4 libsqlite3-0 tmux chromium npm)

skipped_without() {
    case "$1" in
        python3-numpy) echo "tests that open stored arrays with NumPy" ;;
        lz4) echo "tests that decompress stored blobs with the lz4 tool" ;;
        libsqlite3-0) echo "tests of the run index" ;;
        tmux) echo "tests on a terminal" ;;
        chromium) echo "tests of the dashboard and of cards in a browser" ;;
        npm) echo "the pages of the dashboard, which are not built, and their tests" ;;
    esac
}

has() {
    case "$1" in
        python3-numpy) python3 -c 'import numpy' || /usr/bin/python3 -c 'import numpy' ;;
        lz4) lz4 --version ;;
        libsqlite3-0) ldconfig -p | grep -q libsqlite3.so.0 || [[ -e /usr/lib/libsqlite3.dylib ]] ;;
        tmux) tmux -V ;;
        chromium) chromium --version || google-chrome --version ;;
        npm) npm --version ;;
    esac > /dev/null 2>&1
}

install_needs() {
    local package missing=()
    for package in "${packages[@]}"; do
        has "$package" || missing+=("$package")
    done

    if (( ${#missing[@]} > 0 )) && command -v apt-get > /dev/null && (( EUID == 0 )); then
        echo "Installing what tests need: ${missing[*]}"
        { apt-get install -y -q "${missing[@]}" || { apt-get update -q && apt-get install -y -q "${missing[@]}"; }; } > /dev/null 2>&1
    fi

    for package in ${missing[@]+"${missing[@]}"}; do
        has "$package" || echo "Not installed: $package. Skipped: $(skipped_without "$package")."
    done
}

passed=0 failed=0 skipped=0
finish() {
    if (( skipped > 0 )); then
        echo "$skipped skipped"
    fi
    echo "$passed passed, $failed failed"
    (( failed == 0 && passed > 0 ))
    exit
}

install_needs

if ! dotnet build Metaflow.slnx --nologo -v quiet -clp:NoSummary; then
    echo "The build failed; no test ran."
    failed=1
    finish
fi

filters=()
for word in "$@"; do
    filters+=(--filter-class "*$word*")
done

results=artifacts/test-results
rm -rf "$results"
count() { sed -n "s/.*<assembly [^>]*[[:space:]]$1=\"\([0-9]*\)\".*/\1/p" "$2" | awk '{ sum += $1 } END { print sum + 0 }'; }

for project in tests/*.Tests/*.csproj; do
    name=$(basename "$project" .csproj)
    report="$results/$name.xml"
    echo
    echo "== $name"
    "artifacts/bin/$name/debug/$name" ${filters[@]+"${filters[@]}"} --no-ansi --no-progress \
        --report-xunit --report-xunit-filename "$name.xml" --results-directory "$results"
    code=$?
    if [[ ! -s "$report" ]]; then
        echo "$name ended with exit code $code and left no report."
        (( failed++ ))
        continue
    fi

    project_failed=$(( $(count failed "$report") + $(count errors "$report") ))
    (( passed += $(count passed "$report"), failed += project_failed, skipped += $(count skipped "$report") ))
    # 8: the filter matched nothing in this project.
    if (( code != 0 && project_failed == 0 )) && ! (( code == 8 && ${#filters[@]} > 0 )); then
        echo "$name ended with exit code $code although its report tells of no failure."
        (( failed++ ))
    fi
done

echo
finish
