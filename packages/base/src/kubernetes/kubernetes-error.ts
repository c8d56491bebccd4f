/** Thrown when the Kubernetes API refused a request or could not be reached. */
export class KubernetesError extends Error {
  /** The HTTP status; undefined when no answer came. */
  readonly status: number | undefined;
  /** The `reason` of the API's Status object, such as "NotFound". */
  readonly reason: string | undefined;

  constructor(message: string, details: { status?: number; reason?: string; cause?: unknown } = {}) {
    super(message, details.cause === undefined ? undefined : { cause: details.cause });
    this.name = 'KubernetesError';
    this.status = details.status;
    this.reason = details.reason;
  }
}

/** The statuses that mean "not now": request timeout, conflict with another writer, too early, too many requests. */
const LATER = new Set([408, 409, 425, 429]);

/**
 * The answers of status 500 that are about the content of an object: this is how server-side apply says that an object
 * does not fit its schema.
 */
const misfit = /typed patch|typed live|not declared in schema|duplicate entries for key|expected (map|list|string)/i;

/**
 * The messages about something that is missing now and may be there soon: a new kind, or room in a namespace that is
 * being deleted.
 */
const soon = /the server could not find the requested resource|being terminated|no matches for kind/i;

/** The messages that say that no answer came, in the words of our transport, the operating system and gateways. */
const unreached =
  /cannot be reached|connection refused|ECONN|EPIPE|ETIMEDOUT|socket hang up|timed? ?out|no matches for kind|unexpected end/i;

/** Whether a request was refused because its kind is not served, or not yet. */
export function isUnknownKind(error: unknown): boolean {
  return error instanceof Error && /no matches for kind|could not find the requested resource/i.test(error.message);
}

/**
 * Whether a request was refused because the server could not ask a webhook, which has no ready pod or no certificate
 * yet. A webhook that answered no is another case.
 */
export function isWebhookDown(error: unknown): boolean {
  return (
    error instanceof Error &&
    /failed calling webhook|conversion webhook .* failed|no endpoints available/i.test(error.message)
  );
}

/**
 * Whether trying again may help. It never helps when the content was refused, whatever words the message has in it: a
 * field may be called timeoutSeconds.
 */
export function isTransient(error: unknown): boolean {
  if (!(error instanceof Error)) return false;
  if (isWebhookDown(error)) return true;
  if (error instanceof KubernetesError && error.status !== undefined) {
    if (error.status >= 500) return !misfit.test(error.message) && !/denied the request/.test(error.message);
    if (LATER.has(error.status)) return true;
    return (error.status === 403 || error.status === 404) && soon.test(error.message);
  }
  // A certificate that is not accepted now will not be accepted later.
  return unreached.test(error.message) && !/certificate/i.test(error.message);
}
