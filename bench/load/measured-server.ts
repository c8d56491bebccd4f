import { once } from 'node:events';
import { createInterface } from 'node:readline';
import { execa } from 'execa';

/** What a server says its calls took, milliseconds. */
export interface ServerFigures {
  count: number;
  p50: number;
  p99: number;
  max: number;
}

/** A server, and what load generators are given to find it. */
export interface MeasuredServer {
  port: number;
  /** Ends it, and returns what it measured by its own clock. */
  end(): Promise<ServerFigures>;
}

/** Starts the server on the machine's last processor. Each of its calls takes so many milliseconds. */
export async function startServer(program: string, delayMs: number, cpu: number): Promise<MeasuredServer> {
  const child = execa('taskset', ['-c', String(cpu), program, '-delay', `${delayMs}ms`], { reject: false });
  const lines = createInterface(child.stdout);
  const [port] = (await once(lines, 'line')) as [string];
  return {
    port: Number(port),
    async end() {
      const said = once(lines, 'line') as Promise<[string]>;
      child.kill('SIGTERM');
      return JSON.parse((await said)[0]) as ServerFigures;
    },
  };
}
