# shellcheck shell=sh disable=SC2154 # part of start.sh, which sets $results, $host and $repository
# How workers get the join token. All nodes of an experiment, and nobody else, can have its private key ("geni-get key").
# With it a worker logs in to the master as vhive-join, which can do nothing but give out the token, and knows by the
# signature that the token is the master's: so the host key of the master need not be known.

join_home=/var/lib/vhive-join

# Puts the key of the experiment into $experiment_key, until forget_experiment_key or the end of the script.
get_experiment_key() {
  keys=$(mktemp -d)
  trap forget_experiment_key EXIT
  experiment_key=$keys/key
  attempts key_is_there ||
    refuse 6 unreachable "geni-get does not give the key of this experiment" "type: geni-get key"
}

forget_experiment_key() {
  rm -rf "$keys"
}

key_is_there() {
  (umask 077 && geni-get key >"$experiment_key" 2>>"$results/log") && [ -s "$experiment_key" ]
}

# On the master: has a token ready, not older than twelve hours, for whoever has the key.
offer_token() {
  get_experiment_key
  id vhive-join >/dev/null 2>&1 ||
    useradd --system --home-dir "$join_home" --shell /bin/sh --password '*' vhive-join
  mkdir -p "$host$join_home/.ssh"
  chmod 755 "$host$join_home" "$host$join_home/.ssh"
  printf 'restrict,command="cat %s/token" %s\n' "$join_home" "$(ssh-keygen -y -f "$experiment_key")" \
    >"$host$join_home/.ssh/authorized_keys"
  if [ -z "$(find "$host$join_home/token" -mmin -720 2>/dev/null)" ]; then make_token; fi
  forget_experiment_key
}

make_token() {
  token=$("$repository/bin/vhive-coord" token create --ttl 24h --description experiment \
    2>>"$results/log" 9>&-) || refuse $? step-failed "no join token could be made" "see $results/log"
  (
    umask 077
    printf '%s\n%s\n' "$token" "$(printf %s "$token" | openssl dgst -sha256 -sign "$experiment_key" | base64 -w 0)" \
      >"$host$join_home/token.new"
  )
  chown vhive-join "$host$join_home/token.new"
  mv "$host$join_home/token.new" "$host$join_home/token"
}

# fetch_token MASTER, on a worker: sets $token. It waits as long as it takes, since the master may boot much later.
fetch_token() {
  get_experiment_key
  openssl rsa -in "$experiment_key" -pubout -out "$keys/public" 2>>"$results/log"
  asked=0
  until ask_for_token "$1"; do
    [ $((asked % 30)) != 0 ] || say "waiting for the join token of node-0 ($1)"
    asked=$((asked + 1))
    sleep 10
  done
  forget_experiment_key
}

ask_for_token() {
  ssh -n -i "$experiment_key" -o IdentitiesOnly=yes -o BatchMode=yes -o ConnectTimeout=10 -o LogLevel=ERROR \
    -o StrictHostKeyChecking=no -o UserKnownHostsFile=/dev/null "vhive-join@$1" >"$keys/answer" 2>>"$results/log" || return 1
  token=$(sed -n 1p "$keys/answer")
  sed -n 2p "$keys/answer" | base64 -d >"$keys/signature" 2>/dev/null || return 1
  printf %s "$token" | openssl dgst -sha256 -verify "$keys/public" -signature "$keys/signature" >/dev/null 2>&1 ||
    { say "what $1 answers is not signed with the key of this experiment" && return 1; }
}
