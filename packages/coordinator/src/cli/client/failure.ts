import { type FailureCode, httpFailure, isFailureCode, messageOf, VhiveError } from '@vhive/shared';

/**
 * Turns an answer that is not 2xx into the error that the coordinator meant. An answer of another program, such as a
 * proxy, keeps its first line.
 */
export function failureOfAnswer(status: number, body: string, request: { method: string; path: string }): VhiveError {
  const where = `${request.method} ${request.path.split('?')[0]}`;
  const parsed = httpFailure.safeParse(jsonOrUndefined(body));
  if (!parsed.success) {
    const firstLine = body.split('\n')[0]?.slice(0, 200) ?? '';
    return new VhiveError({
      code: codeOfStatus(status),
      message: `the coordinator answered ${where} with HTTP ${status}${firstLine === '' ? '' : `: ${firstLine}`}`,
      hint: hintOfStatus(status),
    });
  }
  const { code, message, hint } = parsed.data;
  return new VhiveError({
    code: isFailureCode(code) ? code : codeOfStatus(status),
    message,
    hint: hint ?? hintOfStatus(status),
  });
}

/** Makes the error for a coordinator that does not answer, or whose answer is not that of a coordinator. */
export function unreachableError(url: string, cause: unknown): VhiveError {
  return new VhiveError({
    code: 'unreachable',
    message: `cannot reach the coordinator at ${url}: ${reason(cause)}`,
    hint: 'is it running? start it: vhive-coord serve (or systemctl start vhive-coord), then try again',
    cause,
  });
}

/** Chooses the code for an answer that names none. It came from a proxy, or from another program than a coordinator. */
function codeOfStatus(status: number): FailureCode {
  if (status === 401 || status === 403) return 'refused';
  if (status === 408 || status === 504) return 'timeout';
  if (status === 429 || status === 502 || status === 503) return 'unreachable';
  return status >= 400 && status < 500 ? 'usage' : 'internal';
}

function hintOfStatus(status: number): string | undefined {
  if (status === 401 || status === 403)
    return 'the operator token is not accepted: run as the user who owns the state directory (often root), or give --state-dir';
  if (status === 429) return 'too many requests: wait a minute and try again';
  return undefined;
}

function reason(cause: unknown): string {
  const code = cause instanceof Error ? (cause as NodeJS.ErrnoException).code : undefined;
  if (code === 'ECONNREFUSED') return 'nothing listens there (connection refused)';
  if (code === 'ETIMEDOUT' || code === 'EHOSTUNREACH') return `no way there (${code})`;
  if (code !== undefined && /CERT|SIGNATURE|ISSUER|ALTNAME/.test(code))
    return `its certificate is not one of this cluster's CA (${code})`;
  return messageOf(cause);
}

function jsonOrUndefined(body: string): unknown {
  try {
    return JSON.parse(body);
  } catch {
    return undefined;
  }
}
