import { chooseNetwork } from '@vhive/core/addresses/cluster-network';
import { type ComparedSettings, checkConfig, refuseChanges, settingsChanges } from '@vhive/core/cluster-file/index';
import { buildPlan, type ImageServer, type PlanInput } from '@vhive/core/plan/index';
import {
  type ClusterConfig,
  defined,
  FROM_INTERNET,
  type NodeView,
  type Plan,
  type RunBasis,
  type RunRequest,
  VERSION,
  VhiveError,
} from '@vhive/shared';
import type { NodeRegistry } from '../nodes/node-registry-interface.ts';
import type { ClusterMemory } from '../runs/cluster-memory.ts';

/** What a plan depends on, besides the request for it. */
export interface PlanningParts {
  nodes: NodeRegistry;
  /** What this coordinator takes where a request says nothing. */
  defaults: {
    lan?: string | undefined;
    mirror?: string | undefined;
    /** A mirror tree that lasts only as long as this process, as that of a simulation does. */
    ownMirror?: string | undefined;
  };
  memory: Pick<ClusterMemory, 'record'>;
  /** Returns the CIDR of a network that is named by its CIDR or by an interface of this host. Throws code `usage`. */
  lanCidr(lan: string): string;
  /** Returns the images that a mirror tree says it has for all of these architectures, in the words of a plan. */
  mirrorImages(mirror: string, arches: readonly string[]): Promise<Pick<PlanInput, 'mirrorImages' | 'publishedImages'>>;
  /** Returns where these nodes ask for images of a mirror tree. */
  imageServer(nodes: readonly NodeView[], mirror: string): ImageServer;
}

/** A plan, with the nodes that it is for and what a run of it goes by. */
export interface PlannedRun {
  plan: Plan;
  nodes: NodeView[];
  basis: RunBasis;
}

/**
 * Makes the plan that a request asks for, and finds the nodes that it names. Throws codes `usage` and `preflight`, also
 * where the request differs from what the cluster remembers in something that cannot be changed.
 */
export async function planFor(request: RunRequest, parts: PlanningParts): Promise<PlannedRun> {
  const { until, skip, limit } = request;
  const { defaults } = parts;
  const lan = request.config.lan ?? defaults.lan;
  const mirror = request.mirror ?? defaults.mirror;
  const cidr = lan === undefined ? undefined : parts.lanCidr(lan);
  const { nodes, findings } = chooseNetwork(
    request.nodes.map((name) => nodeNamed(name, parts.nodes, cidr)),
    cidr,
  );
  const controlPlane = controlPlaneAmong(nodes, request.config);
  const config = { ...request.config, controlPlane: controlPlane.name, ...defined({ lan }) };
  refuseUnchangeable({ config, mirror }, nodes, parts);
  checkConfig(config, nodes, controlPlane.name);
  const source = mirror === FROM_INTERNET ? undefined : (mirror ?? defaults.ownMirror);
  const arches = nodes.map(({ facts }) => facts.arch);
  const images = source === undefined ? {} : await parts.mirrorImages(source, arches);
  const plan = buildPlan(
    {
      ...{ config, nodes, controlPlane, mirror: source !== undefined, findings, ...images },
      ...(source === undefined ? {} : { imageServer: parts.imageServer(nodes, source) }),
    },
    { ...defined({ until }), skip, limit },
  );
  const basis: RunBasis = {
    version: VERSION,
    settings: { ...(request.settings ?? asFile(request.config)), ...defined({ mirror: request.mirror }) },
    config,
    addresses: Object.fromEntries(nodes.map(({ name, address }) => [name, address])),
    ...defined({ mirror }),
  };
  return { plan, nodes, basis };
}

/** Returns the settings of a request that says nothing but its configuration. JSON is YAML too. */
function asFile(config: ClusterConfig): RunBasis['settings'] {
  return { file: { path: 'the configuration of an earlier run', text: JSON.stringify(config, null, 2) }, said: [] };
}

/** Throws where the settings differ from the remembered ones in something that members of the cluster rest on. */
function refuseUnchangeable(after: ComparedSettings, planned: readonly NodeView[], parts: PlanningParts): void {
  const { run, members } = parts.memory.record;
  if (run === undefined) return;
  const present = Object.entries(members).flatMap(([name, member]) => {
    const node = parts.nodes.view(name);
    // A node that was removed, or that has enrolled anew since, is a member no longer.
    return node === undefined || Date.parse(node.enrolledAt) > Date.parse(member.since) ? [] : [{ node, member }];
  });
  refuseChanges(
    settingsChanges({ config: run.basis.config, mirror: run.basis.mirror }, after),
    Object.fromEntries(present.map(({ node, member }) => [node.name, member])),
    new Map(planned.map(({ name, address }) => [name, address])),
  );
}

/** Finds a node by its name. Throws `usage` when there is none. */
export function nodeNamed(name: string, nodes: NodeRegistry, lan: string | undefined): NodeView {
  const node = nodes.view(name, lan);
  if (node) return node;
  throw new VhiveError({
    code: 'usage',
    message: `there is no node ${name}`,
    hint: 'see the nodes: vhive-coord nodes ls',
  });
}

/** Chooses the master: the named node, otherwise the coordinator's own host, otherwise the only node. */
export function controlPlaneAmong(nodes: readonly NodeView[], config: Pick<ClusterConfig, 'controlPlane'>): NodeView {
  const chosen = config.controlPlane
    ? nodes.find((node) => node.name === config.controlPlane)
    : (nodes.find((node) => node.local) ?? (nodes.length === 1 ? nodes[0] : undefined));
  if (chosen) return chosen;
  throw new VhiveError({
    code: 'usage',
    message: config.controlPlane
      ? `the control plane ${config.controlPlane} is not among the nodes ${nodes.map((node) => node.name).join(', ')}`
      : "no node is the coordinator's own host, so which is the master is not known",
    hint: 'start an agent on this host too, or name the master: controlPlane: <node> in the cluster file',
  });
}
