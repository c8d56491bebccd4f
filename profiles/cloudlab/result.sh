# shellcheck shell=sh disable=SC2154 # part of start.sh, which sets $results
# What scripts find in the end: result.json, in the form of the last line of "vhive-coord up --output json", and exit-code.

# say TEXT: a line for people, in the log and where CloudLab keeps the output of startup services.
say() {
  printf '%s %s\n' "$(date -u +%Y-%m-%dT%H:%M:%SZ)" "$*" | tee -a "$results/log"
}

# keep_result EXIT-CODE JSON: both files, each in one step, the exit code last; then the script ends.
keep_result() {
  printf '%s\n' "$2" >"$results/result.json.new" && mv "$results/result.json.new" "$results/result.json"
  printf '%s\n' "$1" >"$results/exit-code.new" && mv "$results/exit-code.new" "$results/exit-code"
  say "ended with exit code $1: $results/result.json"
  exit "$1"
}

# finish EXIT-CODE OUTCOME MESSAGE [CODE HINT]
finish() {
  say "$3${5:+; $5}"
  keep_result "$1" "$(python3 -c '
import json, sys, time
names = ["exitCode", "outcome", "message", "code", "hint"]
result = {"time": time.strftime("%Y-%m-%dT%H:%M:%SZ", time.gmtime()), "type": "result"}
result.update(zip(names, [int(sys.argv[1])] + sys.argv[2:]))
print(json.dumps(result))' "$@")"
}

# refuse EXIT-CODE CODE MESSAGE HINT
refuse() {
  finish "$1" failed "$3" "$2" "$4"
}

# attempts COMMAND...: runs it up to 30 times, ten seconds apart, until it succeeds.
attempts() {
  for attempt in $(seq 30); do
    if "$@"; then return 0; fi
    [ "$attempt" != 1 ] || say "not yet, trying again for five minutes: $*"
    sleep 10
  done
  return 1
}
