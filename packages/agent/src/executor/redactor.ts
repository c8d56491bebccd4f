/** What stands where a secret stood. Shorter than the shortest secret, so that replacing always ends. */
export const REDACTED = '***';

/** Shorter texts are no secrets: replacing them would make every log unreadable. */
const MIN_SECRET_LENGTH = 6;
/** A line of a many-line secret counts by itself from this length on: output comes line by line. */
const MIN_SECRET_LINE_LENGTH = 16;
/** The oldest are forgotten beyond this, so that an agent that lives for months stays small. */
const MAX_SECRETS = 2_000;

/** Secrets that are recognised by their form, whoever printed them. `$1` keeps what names them. */
const patterns: [RegExp, string][] = [
  [/-----BEGIN [A-Z ]*PRIVATE KEY-----[\s\S]*?(?:-----END [A-Z ]*PRIVATE KEY-----|$)/g, REDACTED],
  [/(--certificate-key[= ]+|certificateKey["']?:\s*["']?)[0-9a-f]{64}/g, `$1${REDACTED}`],
  [/(client-key-data:\s*)[A-Za-z0-9+/=]{16,}/g, `$1${REDACTED}`],
  [/(\bBearer\s+)[A-Za-z0-9._~+/-]{8,}=*/gi, `$1${REDACTED}`],
  // JSON web tokens: header and claims are base64url of something that starts with {"
  [/\beyJ[A-Za-z0-9_-]{8,}\.[A-Za-z0-9_-]{8,}\.[A-Za-z0-9_-]*/g, REDACTED],
  // join tokens of ours, whole or without the fingerprint
  [/\b(?:[0-9a-f]{64}\.)?[a-z0-9]{8}\.[a-z0-9]{32}\b/g, REDACTED],
  // kubeadm bootstrap tokens
  [/\b[a-z0-9]{6}\.[a-z0-9]{16}\b/g, REDACTED],
  // nkey seeds: S, the type of key, 56 further characters of base32
  [/\bS[OANCUX][A-Z2-7]{56}\b/g, REDACTED],
];

/** Takes secrets out of text. One per agent: a secret of one step may turn up in the output of another. */
export interface Redactor {
  /** From now on this text is replaced wherever it stands; also line by line and as it looks inside JSON. */
  register(secret: string): void;
  /** The text without secrets. */
  redact(text: string): string;
  /** Redacts lines that come one by one: also knows that it is inside a private key that spans lines. */
  lines(): (line: string) => string;
  /** Redacts all strings inside a JSON value; boxes sealed for another agent stay as they are. */
  redactValue(value: unknown): unknown;
}

/** Makes a redactor that knows the patterns and no secret yet. */
export function createRedactor(): Redactor {
  const secrets = new Set<string>();
  let longestFirst: string[] = [];

  const add = (secret: string) => {
    secrets.delete(secret);
    secrets.add(secret);
    if (secrets.size > MAX_SECRETS) for (const oldest of secrets.values().take(1)) secrets.delete(oldest);
    longestFirst = [...secrets].sort((a, b) => b.length - a.length);
  };

  const redact = (text: string): string => {
    let result = text;
    for (const [pattern, replacement] of patterns) result = result.replace(pattern, replacement);
    // What stands around a replaced secret may form another one: again until none is left. Each round shortens the text.
    for (let found = true; found; ) {
      found = false;
      for (const secret of longestFirst) {
        if (!result.includes(secret)) continue;
        result = result.replaceAll(secret, REDACTED);
        found = true;
      }
    }
    return result;
  };

  const redactValue = (value: unknown): unknown => {
    if (typeof value === 'string') return redact(value);
    if (Array.isArray(value)) return value.map(redactValue);
    if (value === null || typeof value !== 'object') return value;
    if (isSealed(value)) return value;
    return Object.fromEntries(Object.entries(value).map(([key, inner]) => [key, redactValue(inner)]));
  };

  return {
    register(secret) {
      const whole = secret.trim();
      if (whole.length < MIN_SECRET_LENGTH) return;
      add(whole);
      const escaped = JSON.stringify(whole).slice(1, -1);
      if (escaped !== whole) add(escaped);
      if (whole.includes('\n'))
        for (const line of whole.split('\n')) if (line.trim().length >= MIN_SECRET_LINE_LENGTH) add(line.trim());
    },
    redact,
    redactValue,
    lines() {
      let insideKey = false;
      return (line) => {
        const begins = line.lastIndexOf('-----BEGIN ');
        const opens = begins >= 0 && /^-----BEGIN [A-Z ]*PRIVATE KEY-----/.test(line.slice(begins));
        const closes = /-----END [A-Z ]*PRIVATE KEY-----/.exec(line);
        if (insideKey) {
          if (!closes) return REDACTED;
          insideKey = false;
          return REDACTED + redact(line.slice(closes.index + closes[0].length));
        }
        insideKey = opens && !(closes && closes.index > begins);
        return redact(line);
      };
    },
  };
}

/** A sealed secret as the shared schema has it: unreadable already, and needed whole by its recipient. */
function isSealed(value: object): boolean {
  const keys = Object.keys(value);
  return keys.length === 2 && keys.includes('sealed') && keys.includes('from');
}
