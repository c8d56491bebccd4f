import * as z from 'zod';
import { dnsLabel } from '../names.ts';
import { defineAction, minutes } from './define.ts';
import { absolutePath, artifactRef, kubernetesObject, noOutputs, sealedSecret } from './fields.ts';
import { manifestPatch } from './manifest-patch.ts';

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
    'The host is a worker of the cluster (kubeadm join); its bootstrap token is opened here, used and forgotten. A half-made join is reset first.',
  params: z.object({
    endpoint: z.string(),
    caCertHash: z.string(),
    token: sealedSecret.nullable(),
    nodeName: dnsLabel,
    criSocket: z.string(),
    apiVersion: z.string().describe('Of the kubeadm configuration API, such as kubeadm.k8s.io/v1beta4'),
    patchesDirectory: absolutePath
      .nullable()
      .default(null)
      .describe('Folder of patches for what kubeadm writes; needs v1beta3 or later'),
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
    file: absolutePath.nullable().default(null).describe('A YAML file on this host, made by an earlier task'),
    patches: z.array(manifestPatch).default([]).describe('Changes to the objects before they are applied'),
    without: z
      .array(z.object({ kind: z.string(), name: z.string().optional() }))
      .default([])
      .describe('Objects of the manifest to leave out'),
    leaveAlone: z
      .array(z.object({ kind: z.string(), name: z.string(), namespace: z.string().optional() }))
      .default([])
      .describe(
        'Objects that controllers fill in: made where there are none, and applied again only with other images (another version); fine where the manifest has none',
      ),
    fieldManager: z
      .string()
      .regex(/^vhive[a-z-]*$/)
      .default('vhive')
      .describe('Owner of the fields: another one for fields of an object that an earlier task gives'),
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
      z
        .object({
          type: z.literal('webhooks-ready'),
          validating: z.array(z.string()).default([]),
          mutating: z.array(z.string()).default([]),
        })
        .describe('Every webhook of these configurations has its CA and a ready endpoint'),
      z
        .object({ type: z.literal('service-address'), namespace: z.string(), name: z.string() })
        .describe('The load balancer has given it an address: the output address'),
      z
        .object({ type: z.literal('service-cluster-ip'), namespace: z.string(), name: z.string() })
        .describe('The output address'),
      z
        .object({
          type: z.literal('condition'),
          apiVersion: z.string(),
          kind: z.string(),
          namespace: z.string().optional(),
          name: z.string(),
          condition: z.string().describe('Such as Ready or Complete'),
        })
        .describe('A condition of one object is True'),
      z
        .object({ type: z.literal('pods-settled') })
        .describe('Every pod in every namespace is Running with all containers ready, or Completed'),
    ]),
  }),
  outputs: z.object({
    podCidr: z.string().optional().describe('Of node-registered: CIDR'),
    address: z.string().optional().describe('Of service-address and service-cluster-ip: IPv4'),
  }),
  timeLimitMs: minutes(10),
  onlyWaits: true,
});

/** `kubernetes.labels` */
export const kubernetesLabels = defineAction({
  description:
    'A node carries these labels (server-side apply); those that an earlier set-up gave and this one does not are taken back, all others stay.',
  params: z.object({ node: dnsLabel, labels: z.record(z.string(), z.string()) }),
  outputs: noOutputs,
  timeLimitMs: minutes(1),
});

/** `manifest.render` */
export const manifestRender = defineAction({
  description:
    'A manifest is made on this host by a program that prints it (istioctl manifest generate, helm template); made again only when program, input or arguments changed.',
  params: z.object({
    argv: z.array(z.string()).min(1).describe('The program with its arguments; prints the manifest'),
    input: z
      .object({ path: absolutePath, content: z.string() })
      .nullable()
      .default(null)
      .describe('A file written before, which the arguments name'),
    inputs: z.array(artifactRef).default([]).describe('Artifacts it is made from, such as a chart'),
    path: absolutePath.describe('Where the manifest goes'),
  }),
  outputs: noOutputs,
  timeLimitMs: minutes(3),
});

/** `function.smoke-test` */
export const functionSmokeTest = defineAction({
  description:
    'A function is deployed, answers one gRPC call (helloworld.Greeter/SayHello) through the gateway, and is removed again.',
  params: z.object({
    service: kubernetesObject.describe('A Service of serving.knative.dev/v1'),
    gateway: z.ipv4().describe('Address of the ingress gateway'),
    port: z.number().int().default(80),
    message: z.string().default('vHive'),
    readyTimeoutMs: z.number().int().positive().default(300_000).describe('For the function to become Ready'),
    callTimeoutMs: z.number().int().positive().default(60_000).describe('For its answer, from the first try'),
  }),
  outputs: z.object({
    reply: z.string().optional().describe('What the function answered'),
    readyMs: z.number().optional().describe('From its deployment until Ready, milliseconds'),
    callMs: z.number().optional().describe('The call that was answered, milliseconds'),
  }),
  timeLimitMs: minutes(8),
  trial: true,
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
