/** The text that replaces a secret. It is shorter than the shortest secret, so that repeated replacing always ends. */
export const REDACTED = '***';

/** A text shorter than this is not treated as a secret: replacing it everywhere would make every log unreadable. */
const MIN_SECRET_LENGTH = 6;
/**
 * Output comes line by line, so each line of a secret of several lines is also a secret by itself, from this length on.
 */
const MIN_SECRET_LINE_LENGTH = 16;
/** Beyond this number the oldest secrets are forgotten, so that an agent which lives for months stays small. */
const MAX_SECRETS = 2_000;

/**
 * Patterns of secrets that are recognised by their form, whoever printed them. In the replacement, `$1` keeps the part
 * that names the secret.
 */
const patterns: [RegExp, string][] = [
  [/-----BEGIN [A-Z ]*PRIVATE KEY-----[\s\S]*?(?:-----END [A-Z ]*PRIVATE KEY-----|$)/g, REDACTED],
  [/(--certificate-key[= ]+|certificateKey["']?:\s*["']?)[0-9a-f]{64}/g, `$1${REDACTED}`],
  [/(client-key-data:\s*)[A-Za-z0-9+/=]{16,}/g, `$1${REDACTED}`],
  [/(\bBearer\s+)[A-Za-z0-9._~+/-]{8,}=*/gi, `$1${REDACTED}`],
  // JSON web tokens: their header and claims are the base64url form of a text that starts with {"
  [/\beyJ[A-Za-z0-9_-]{8,}\.[A-Za-z0-9_-]{8,}\.[A-Za-z0-9_-]*/g, REDACTED],
  // the join tokens of vHive, with or without the fingerprint of the CA
  [/\b(?:[0-9a-f]{64}\.)?[a-z0-9]{8}\.[a-z0-9]{32}\b/g, REDACTED],
  // the bootstrap tokens of kubeadm
  [/\b[a-z0-9]{6}\.[a-z0-9]{16}\b/g, REDACTED],
  // nkey seeds: the letter S, a letter for the type of the key, and 56 further characters of base32
  [/\bS[OANCUX][A-Z2-7]{56}\b/g, REDACTED],
];

/**
 * Removes secrets from text. An agent has only one redactor, because a secret of one step may turn up in the output of
 * another.
 */
export interface Redactor {
  /**
   * Registers a secret. From now on it is replaced wherever it appears, also when it appears line by line or in the
   * escaped form that it has inside JSON.
   */
  register(secret: string): void;
  /** Returns the text without secrets. */
  redact(text: string): string;
  /**
   * Returns a function that redacts the lines of one stream, given to it one by one. It remembers between lines that it
   * is inside a private key that spans several.
   */
  lines(): (line: string) => string;
  /** Redacts all strings inside a JSON value. Secrets that are sealed for another agent are left as they are. */
  redactValue(value: unknown): unknown;
}

/** Makes a redactor that knows the patterns and no registered secret yet. */
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
    // The text around a replaced secret may form another secret, so replacing is repeated until none is found. Each
    // round shortens the text.
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

/**
 * Whether a value is a sealed secret of the shared schema. Such a secret is unreadable already, and its recipient needs
 * it whole.
 */
function isSealed(value: object): boolean {
  const keys = Object.keys(value);
  return keys.length === 2 && keys.includes('sealed') && keys.includes('from');
}
