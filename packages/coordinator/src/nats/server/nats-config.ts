import { MAX_MESSAGE_BYTES } from '@vhive/shared';
import semver from 'semver';
import type { NatsTrust } from '../../trust/nats-trust.ts';

/** The values from which the configuration of nats-server is made. */
export interface NatsConfig {
  /** The version of the binary, without "v". Some settings are newer than 2.9. */
  version: string;
  serverName: string;
  /** The address to listen on; 0.0.0.0 or :: for all. */
  host: string;
  /** The port; 0 or -1 means any free port. */
  port: number;
  /** One PEM file with the key and the certificate chain. */
  certificateFile: string;
  trust: NatsTrust;
  /** The directory below which nats-server keeps the files of JetStream, in `jetstream`. */
  storeDir: string;
  pidFile: string;
  /** The largest sum of all streams in files, in bytes. */
  maxFileBytes: number;
  /** The largest sum of all streams in memory, in bytes. */
  maxMemoryBytes: number;
}

/** Writes the configuration file of nats-server. Its format is a superset of JSON. */
export function renderNatsConfig(config: NatsConfig): string {
  return JSON.stringify(
    {
      server_name: config.serverName,
      host: config.host,
      port: config.port <= 0 ? -1 : config.port,
      pid_file: config.pidFile,
      // When thousands of agents connect at once to a busy machine, their handshakes take longer than the default of 2
      // s.
      tls: { cert_file: config.certificateFile, key_file: config.certificateFile, timeout: 10 },
      authorization: { timeout: 10 },
      operator: config.trust.operatorJwt,
      system_account: config.trust.systemAccount,
      resolver: 'MEMORY',
      resolver_preload: config.trust.accounts,
      max_payload: MAX_MESSAGE_BYTES,
      max_connections: 65_536,
      // A connection whose other side is gone without a word is noticed after 3 pings.
      ping_interval: '20s',
      ping_max: 2,
      write_deadline: '10s',
      lame_duck_duration: '30s',
      lame_duck_grace_period: '2s',
      jetstream: {
        store_dir: config.storeDir,
        max_mem: config.maxMemoryBytes,
        max_file: config.maxFileBytes,
        // From 2.10 on there is this setting. It bounds how much acknowledged data a power cut may cost; killing the
        // process costs none.
        ...(semver.gte(config.version, '2.10.0') ? { sync_interval: '10s' } : {}),
      },
      logtime: false,
    },
    undefined,
    2,
  );
}
