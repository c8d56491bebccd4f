/** Fields of the cluster file that flags set. */
export interface ConfigFlags {
  nodes?: number | undefined;
  sandbox?: string | undefined;
  network?: string | undefined;
  lan?: string | undefined;
  controlPlane?: string | undefined;
  nftables?: boolean | undefined;
  stargz?: boolean | undefined;
  snapshots?: boolean | undefined;
  upf?: boolean | undefined;
  /** false: without the function that proves the cluster. */
  smokeTest?: boolean | undefined;
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

/** Switches, which set a field to one value. */
const switches = {
  nftables: {
    on: true,
    path: ['kubernetes', 'kubeProxyConfiguration', 'mode'],
    value: 'nftables',
    where: '--nftables',
  },
  stargz: { on: true, path: ['stargz'], value: true, where: '--stargz' },
  snapshots: { on: true, path: ['firecracker', 'snapshots'], value: true, where: '--snapshots' },
  upf: { on: true, path: ['firecracker', 'upf'], value: true, where: '--upf' },
  smokeTest: { on: false, path: ['ready', 'smokeTest'], value: false, where: '--no-smoke-test' },
} as const satisfies Partial<Record<keyof ConfigFlags, Overlay & { on: boolean }>>;

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
  VHIVE_LOAD_BALANCER_POOL: { path: ['loadBalancer', 'pool'], parse: text },
  VHIVE_VHIVE_REF: { path: ['firecracker', 'vhiveRef'], parse: text },
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
  const switched = Object.entries(switches).flatMap(([name, { on, ...overlay }]) =>
    flags[name as keyof typeof switches] === on ? [overlay] : [],
  );
  return [...set, ...switched];
}

/** A deep copy of the content with the overlays in it, later ones over earlier ones. */
export function overlay(content: Record<string, unknown>, overlays: readonly Overlay[]): Record<string, unknown> {
  const result = copyOf(content) as Record<string, unknown>;
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

/** A deep copy of what YAML can hold. */
function copyOf(value: unknown): unknown {
  if (Array.isArray(value)) return value.map(copyOf);
  if (typeof value !== 'object' || value === null) return value;
  return Object.fromEntries(Object.entries(value).map(([key, inner]) => [key, copyOf(inner)]));
}

function flagName(field: string): string {
  return `--${field.replaceAll(/[A-Z]/g, (letter) => `-${letter.toLowerCase()}`)}`;
}
