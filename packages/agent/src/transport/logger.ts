/** The log in which the agent tells what it does. A pino logger fits. It must never be given a secret. */
export interface Logger {
  debug(message: string): void;
  info(message: string): void;
  warn(message: string): void;
  error(message: string): void;
}

/** A log that drops everything. */
export const silentLogger: Logger = { debug() {}, info() {}, warn() {}, error() {} };
