import { createHash } from 'node:crypto';
import { createServer, type IncomingMessage, type Server, type ServerResponse } from 'node:http';
import type { AddressInfo } from 'node:net';

/** How the server treats one file. */
export interface ServedFile {
  content: Buffer;
  /** Cuts each answer after this many bytes of body, as long as `cuts` lasts. */
  cutAfter?: number;
  /** How many answers are cut. */
  cuts?: number;
  /** Statuses to answer with first, one after the other. */
  statuses?: number[];
  /** false: ignores Range, as some servers do. */
  ranges?: boolean;
  /** true: answers with a range whatever If-Range says, as for files that never change. */
  freeRanges?: boolean;
  /** Stops sending, without closing, after this many bytes of the first answer. */
  stallAfter?: number;
  /** Answers with a redirect to this address. */
  redirect?: string;
}

/** A real web server on loopback that breaks connections on demand and remembers what it was asked. */
export class FileServer {
  readonly files = new Map<string, ServedFile>();
  /** Path and Range header of every request. */
  readonly requests: { path: string; range: string | undefined }[] = [];
  readonly #server: Server;

  private constructor() {
    this.#server = createServer((request, response) => this.#answer(request, response));
  }

  static async start(): Promise<FileServer> {
    const server = new FileServer();
    await new Promise<void>((resolve) => server.#server.listen(0, '127.0.0.1', resolve));
    return server;
  }

  url(path: string): string {
    return `http://127.0.0.1:${(this.#server.address() as AddressInfo).port}${path}`;
  }

  async stop(): Promise<void> {
    this.#server.closeAllConnections();
    await new Promise((resolve) => this.#server.close(resolve));
  }

  #answer(request: IncomingMessage, response: ServerResponse): void {
    const path = request.url ?? '/';
    this.requests.push({ path, range: request.headers.range });
    const file = this.files.get(path);
    const status = file ? file.statuses?.shift() : 404;
    if (!file || status !== undefined) {
      response.writeHead(status ?? 404).end();
      return;
    }
    if (file.redirect) {
      response.writeHead(302, { location: file.redirect }).end();
      return;
    }
    const etag = `"${createHash('md5').update(file.content).digest('hex')}"`;
    const wanted = /^bytes=(\d+)-$/.exec(request.headers.range ?? '');
    const start =
      wanted && file.ranges !== false && (file.freeRanges || request.headers['if-range'] === etag)
        ? Number(wanted[1])
        : undefined;
    const body = file.content.subarray(start ?? 0);
    response.writeHead(start === undefined ? 200 : 206, {
      etag,
      'content-length': body.byteLength,
      ...(start === undefined
        ? {}
        : { 'content-range': `bytes ${start}-${file.content.byteLength - 1}/${file.content.byteLength}` }),
    });
    if (file.stallAfter !== undefined) {
      response.write(body.subarray(0, file.stallAfter));
      delete file.stallAfter;
    } else if (file.cutAfter !== undefined && (file.cuts ?? 0) > 0 && body.byteLength > file.cutAfter) {
      file.cuts = (file.cuts ?? 0) - 1;
      // Once the client has had time to read what was sent, as a line that breaks later would leave it.
      response.write(body.subarray(0, file.cutAfter), () => setTimeout(() => response.destroy(), 250));
    } else {
      response.end(body);
    }
  }
}
