import { request } from 'node:https';

/** An answer of the HTTPS server. */
export interface Answer {
  status: number;
  headers: NodeJS.Dict<string | string[]>;
  // biome-ignore lint/suspicious/noExplicitAny: tests look into answers of every shape
  body: any;
}

/**
 * Makes one request over a connection of its own, which trusts only `ca` (PEM). A body is sent as JSON, but text is
 * sent as it is.
 */
export function callHttps(
  url: string,
  ca: string,
  options: { method?: string; body?: unknown; headers?: Record<string, string>; signal?: AbortSignal } = {},
): Promise<Answer> {
  return new Promise((resolve, reject) => {
    const { method = options.body === undefined ? 'GET' : 'POST', headers = {}, signal } = options;
    const json = options.body === undefined ? {} : { 'content-type': 'application/json' };
    const call = request(
      url,
      { method, ca, agent: false, headers: { ...json, ...headers }, ...(signal === undefined ? {} : { signal }) },
      (response) => {
        const chunks: Buffer[] = [];
        response.on('data', (chunk: Buffer) => chunks.push(chunk));
        response.on('error', reject);
        response.on('end', () => {
          const text = Buffer.concat(chunks).toString();
          resolve({
            status: response.statusCode ?? 0,
            headers: response.headers,
            body: text === '' ? undefined : JSON.parse(text),
          });
        });
      },
    );
    call.on('error', reject);
    call.end(typeof options.body === 'string' ? options.body : JSON.stringify(options.body));
  });
}
