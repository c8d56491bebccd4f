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

/** Messages of answers that a later try may change: webhooks and new kinds come up in their own time. */
const passing =
  /failed calling webhook|no matches for kind|no endpoints available|connection refused|ECONNREFUSED|ECONNRESET|EPIPE|ETIMEDOUT|socket hang up|etcdserver|timed? ?out|too many requests|cannot be reached|is terminated|being terminated/i;

/** Whether trying again may help. */
export function isTransient(error: unknown): boolean {
  if (error instanceof KubernetesError && error.status !== undefined)
    return error.status === 429 || error.status >= 502 || passing.test(error.message);
  return error instanceof Error && passing.test(error.message);
}
