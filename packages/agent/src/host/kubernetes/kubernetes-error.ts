/** A refusal of the Kubernetes API, or that it could not be reached. */
export class KubernetesError extends Error {
  /** HTTP status; undefined when no answer came. */
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

/** Statuses that say "not now": request timeout, conflict with another writer, too early, too many requests. */
const LATER = new Set([408, 409, 425, 429]);

/** Answers of status 500 about the content of an object: server-side apply tells a misfit with its schema so. */
const misfit = /typed patch|typed live|not declared in schema|duplicate entries for key|expected (map|list|string)/i;

/** What is missing now and may be there soon: a new kind, or room in a namespace that is going away. */
const soon = /the server could not find the requested resource|being terminated|no matches for kind/i;

/** That no answer came, in the words of our transport, the operating system and gateways. */
const unreached =
  /cannot be reached|connection refused|ECONN|EPIPE|ETIMEDOUT|socket hang up|timed? ?out|no matches for kind|unexpected end/i;

/** Whether a refusal comes from a kind that is not served (yet). */
export function isUnknownKind(error: unknown): boolean {
  return error instanceof Error && /no matches for kind|could not find the requested resource/i.test(error.message);
}

/** Whether the server could not ask a webhook (it has no ready pod, or no certificate yet). A webhook that said no is another thing. */
export function isWebhookDown(error: unknown): boolean {
  return (
    error instanceof Error &&
    /failed calling webhook|conversion webhook .* failed|no endpoints available/i.test(error.message)
  );
}

/**
 * Whether trying again may help. A refusal of the content never does, whatever words it has in it: a field may be called
 * timeoutSeconds.
 */
export function isTransient(error: unknown): boolean {
  if (!(error instanceof Error)) return false;
  if (isWebhookDown(error)) return true;
  if (error instanceof KubernetesError && error.status !== undefined) {
    if (error.status >= 500) return !misfit.test(error.message) && !/denied the request/.test(error.message);
    if (LATER.has(error.status)) return true;
    return (error.status === 403 || error.status === 404) && soon.test(error.message);
  }
  // A certificate that does not fit will not fit later.
  return unreached.test(error.message) && !/certificate/i.test(error.message);
}
