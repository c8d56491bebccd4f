import { MAX_MESSAGE_BYTES } from '@vhive/shared';
import semver from 'semver';
import type { NatsTrust } from '../../trust/nats-trust.ts';

/** What the configuration of nats-server is made from. */
export interface NatsConfig {
  /** Version of the binary, without "v": some settings are newer than 2.9. */
  version: string;
  serverName: string;
  /** Address to listen on; 0.0.0.0 or :: for all. */
  host: string;
  /** 0 or -1: any free port. */
  port: number;
  /** One PEM file with key and certificate chain. */
  certificateFile: string;
  trust: NatsTrust;
  /** nats-server keeps JetStream's files in `jetstream` below this directory. */
  storeDir: string;
  pidFile: string;
  /** Largest sum of all streams in files, bytes. */
  maxFileBytes: number;
  /** Largest sum of all streams in memory, bytes. */
  maxMemoryBytes: number;
}

/** The configuration file of nats-server. Its format is a superset of JSON. */
export function renderNatsConfig(config: NatsConfig): string {
  return JSON.stringify(
    {
      server_name: config.serverName,
      host: config.host,
      port: config.port <= 0 ? -1 : config.port,
      pid_file: config.pidFile,
      // Handshakes of thousands of agents at once on a busy machine take longer than the defaults (2 s) allow.
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
        // From 2.10 on: how much acknowledged data a power cut may cost. (Killing the process costs none.)
        ...(semver.gte(config.version, '2.10.0') ? { sync_interval: '10s' } : {}),
      },
      logtime: false,
    },
    undefined,
    2,
  );
}
