#!/usr/bin/env bash
# Counts the instructions that it takes to render charts, start of the process included, by valgrind's callgrind.
# Unlike seconds they hardly depend on the machine and its load, so that a later change can be held against them.
#
# usage: benches/charts.sh RENDER CHART...
#
# BASELINE=file   compare with the counts in this file, and fail where one grew by more than MARGIN per cent (2);
#                 where there is no such file, write it
# PROFILES=folder keep callgrind's profiles there, for callgrind_annotate
#
# Charts that make RSA keys count differently each time, since the search for primes is random.
set -euo pipefail

[ $# -ge 2 ] || { sed -n '5,11s/^# \{0,1\}//p' "$0" >&2; exit 2; }
render=$1
shift
now=$(mktemp)
trap 'rm -f "$now"' EXIT

for chart; do
    name=$(basename "$chart")
    profile=${PROFILES:+$PROFILES/$name.callgrind}
    said=$(valgrind --tool=callgrind --callgrind-out-file="${profile:-/dev/null}" \
        "$render" template bench "$chart" --namespace bench 2>&1 >/dev/null) || { echo "$said" >&2; exit 1; }
    echo "$name $(sed -n 's/.*Collected : //p' <<<"$said")" | tee -a "$now"
done

[ -n "${BASELINE:-}" ] || exit 0
if [ ! -e "$BASELINE" ]; then
    cp "$now" "$BASELINE"
    exit 0
fi
awk -v margin="${MARGIN:-2}" '
    NR == FNR { before[$1] = $2; next }
    !($1 in before) { printf "%s: not in the baseline\n", $1; next }
    {
        grown = ($2 / before[$1] - 1) * 100
        printf "%s: %+.2f %%\n", $1, grown
        worse += grown > margin
    }
    END { exit worse > 0 }
' "$BASELINE" "$now"
