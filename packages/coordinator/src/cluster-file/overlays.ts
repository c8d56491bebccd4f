/** Fields of the cluster file that flags set. */
export interface ConfigFlags {
  nodes?: number | undefined;
  sandbox?: string | undefined;
  network?: string | undefined;
  lan?: string | undefined;
  controlPlane?: string | undefined;
  nftables?: boolean | undefined;
  /** Refused with the reason: not in this release. */
  stargz?: boolean | undefined;
  snapshots?: boolean | undefined;
  upf?: boolean | undefined;
}

/** A value that takes the place of the file's. */
export interface Overlay {
  path: readonly string[];
  value: unknown;
  /** `--nodes` or `VHIVE_NODES`, for messages. */
  where: string;
}

const text = (value: string) => value;
const count = (value: string) => (/^[0-9]+$/.test(value) ? Number(value) : value);

/** Where flags go in the file. */
const flagPaths = {
  nodes: ['nodes'],
  sandbox: ['sandbox'],
  network: ['network', 'plugin'],
  lan: ['lan'],
  controlPlane: ['controlPlane'],
} as const satisfies Partial<Record<keyof ConfigFlags, readonly string[]>>;

/** Environment variables and where they go in the file. */
export const variables: Readonly<Record<string, { path: readonly string[]; parse: (value: string) => unknown }>> = {
  VHIVE_NAME: { path: ['name'], parse: text },
  VHIVE_NODES: { path: ['nodes'], parse: count },
  VHIVE_SANDBOX: { path: ['sandbox'], parse: text },
  VHIVE_LAN: { path: ['lan'], parse: text },
  VHIVE_CONTROL_PLANE: { path: ['controlPlane'], parse: text },
  VHIVE_NETWORK: { path: ['network', 'plugin'], parse: text },
  VHIVE_POD_CIDR: { path: ['network', 'podCidr'], parse: text },
  VHIVE_SERVICE_CIDR: { path: ['network', 'serviceCidr'], parse: text },
  VHIVE_IMAGE_REPOSITORY: { path: ['kubernetes', 'imageRepository'], parse: text },
  VHIVE_KUBERNETES_VERSION: { path: ['versions', 'kubernetes'], parse: text },
};

/** What the environment says; empty variables say nothing. */
export function fromEnvironment(environment: Readonly<Record<string, string | undefined>>): Overlay[] {
  return Object.entries(variables).flatMap(([name, { path, parse }]) => {
    const value = environment[name];
    return value === undefined || value === '' ? [] : [{ path, value: parse(value), where: name }];
  });
}

/** What the flags say. */
export function fromFlags(flags: ConfigFlags): Overlay[] {
  const set = Object.entries(flagPaths).flatMap(([name, path]) => {
    const value = flags[name as keyof typeof flagPaths];
    return value === undefined ? [] : [{ path, value, where: flagName(name) }];
  });
  const nftables = { path: ['kubernetes', 'kubeProxyConfiguration', 'mode'], value: 'nftables', where: '--nftables' };
  return flags.nftables === true ? [...set, nftables] : set;
}

/** A deep copy of the content with the overlays in it, later ones over earlier ones. */
export function overlay(content: Record<string, unknown>, overlays: readonly Overlay[]): Record<string, unknown> {
  const result = structuredClone(content);
  for (const { path, value } of overlays) {
    let target = result;
    for (const key of path.slice(0, -1)) {
      const inner = target[key] ?? {};
      // A scalar where a map belongs is the file's mistake: it is reported, not overwritten.
      if (typeof inner !== 'object' || Array.isArray(inner)) break;
      target[key] = inner;
      target = inner as Record<string, unknown>;
    }
    const last = path.at(-1);
    if (last !== undefined) target[last] = value;
  }
  return result;
}

function flagName(field: string): string {
  return `--${field.replaceAll(/[A-Z]/g, (letter) => `-${letter.toLowerCase()}`)}`;
}
