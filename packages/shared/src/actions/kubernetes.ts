import * as z from 'zod';
import { dnsLabel } from '../names.ts';
import { defineAction, minutes } from './define.ts';
import { artifactRef, kubernetesObject, noOutputs, sealedSecret } from './fields.ts';

/** `kubeadm.init` */
export const kubeadmInit = defineAction({
  description:
    'The host runs the control plane (kubeadm init), and the operator has a kubeconfig. A half-made control plane is reset first.',
  params: z.object({
    kubernetesVersion: z.string().describe('Without v'),
    configuration: z
      .array(kubernetesLikeDocument())
      .describe('kubeadm configuration documents, written to a file only root can read'),
    advertiseAddress: z.string(),
    criSocket: z.string().describe('Such as unix:///run/containerd/containerd.sock'),
    removeTaint: z.boolean().describe('Single node: let the control plane run workloads'),
    operatorUser: z
      .string()
      .nullable()
      .describe('User whose ~/.kube/config gets the admin credentials; null: only root'),
  }),
  outputs: z.object({
    endpoint: z.string().describe('host:port of the API server'),
    caCertHash: z.string().describe('sha256:<hex> of the CA public key, as kubeadm join wants it'),
  }),
  timeLimitMs: minutes(10),
});

/** A document of kubeadm's configuration API: kinds without metadata. */
function kubernetesLikeDocument() {
  return z.looseObject({ apiVersion: z.string(), kind: z.string() });
}

/** `kubeadm.token` */
export const kubeadmToken = defineAction({
  description:
    'A bootstrap token for one node, living minutes, sealed so that only that node can read it. Not minted for a node that has joined.',
  params: z.object({
    forNode: dnsLabel,
    recipient: z
      .string()
      .regex(/^X[A-Z2-7]{55}$/)
      .describe('Public curve key of the node'),
    alreadyJoined: z.boolean(),
    ttlMinutes: z.number().int().positive().default(10),
  }),
  outputs: z.object({ token: sealedSecret.nullable() }),
  timeLimitMs: minutes(2),
});

/** `kubeadm.join` */
export const kubeadmJoin = defineAction({
  description:
    'The host is a worker of the cluster (kubeadm join); its token is opened here, used and forgotten. A half-made join is reset first.',
  params: z.object({
    endpoint: z.string(),
    caCertHash: z.string(),
    token: sealedSecret.nullable(),
    nodeName: dnsLabel,
    criSocket: z.string(),
    apiVersion: z.string().describe('Of the kubeadm configuration API, such as kubeadm.k8s.io/v1beta4'),
  }),
  outputs: noOutputs,
  timeLimitMs: minutes(6),
});

/** `kubeadm.reset` */
export const kubeadmReset = defineAction({
  description:
    'The host is no part of any Kubernetes cluster (kubeadm reset), and the traces that kubeadm leaves are removed.',
  params: z.object({ criSocket: z.string() }),
  outputs: noOutputs,
  timeLimitMs: minutes(5),
});

/** `kubernetes.apply` */
export const kubernetesApply = defineAction({
  description:
    'Objects stand in the cluster as given (server-side apply, field manager "vhive"). Custom resource definitions are waited for before what uses them; calls to webhooks that are not up yet are tried again.',
  params: z.object({
    objects: z.array(kubernetesObject).default([]),
    manifest: artifactRef.nullable().default(null).describe('A YAML file of many documents, applied before `objects`'),
    patches: z
      .array(
        z.object({
          kind: z.string(),
          name: z.string(),
          namespace: z.string().optional(),
          /** RFC 6902 would need indexes that upstream moves; this names list items by `name`. */
          merge: z.record(z.string(), z.unknown()).describe('Strategic merge: lists of named items are merged by name'),
        }),
      )
      .default([])
      .describe('Changes to objects of the manifest before they are applied; one that matches nothing is an error'),
  }),
  outputs: z.object({ objects: z.number().int() }),
  timeLimitMs: minutes(10),
});

/** `kubernetes.wait` */
export const kubernetesWait = defineAction({
  description:
    'Something in the cluster has reached a state; told by a watch, not by asking again and again. On failure says what stands in the way.',
  params: z.object({
    for: z.discriminatedUnion('type', [
      z.object({ type: z.literal('api-server') }).describe('/readyz answers ok'),
      z.object({ type: z.literal('node-ready'), node: dnsLabel }),
      z
        .object({ type: z.literal('node-registered'), node: dnsLabel })
        .describe('The node object exists and has its range of pod addresses (spec.podCIDR): the output podCidr'),
      z.object({ type: z.literal('deployment-available'), namespace: z.string(), name: z.string() }),
      z.object({ type: z.literal('daemonset-ready'), namespace: z.string(), name: z.string() }),
    ]),
  }),
  outputs: z.object({ podCidr: z.string().optional().describe('Of node-registered: CIDR') }),
  timeLimitMs: minutes(10),
});

/** `routes` */
export const routes = defineAction({
  description:
    'Routes to other nodes hold now and after a reboot (a oneshot systemd unit), for the bridge pod network.',
  params: z.object({
    unit: z.string().regex(/^[a-z0-9-]+\.service$/),
    routes: z
      .array(
        z.object({
          destination: z.string().nullable().describe('CIDR; null: not known (that node is no member yet), left out'),
          via: z.string(),
        }),
      )
      .transform((routes) =>
        routes.flatMap(({ destination, via }) => (destination === null ? [] : [{ destination, via }])),
      ),
  }),
  outputs: noOutputs,
  timeLimitMs: minutes(1),
});

/** `kubelet.verify` */
export const kubeletVerify = defineAction({
  description:
    'The running kubelet really uses the CRI socket and node address it was given (read from its own command line and configuration).',
  params: z.object({ criSocket: z.string(), nodeAddress: z.string() }),
  outputs: noOutputs,
  timeLimitMs: minutes(2),
});
