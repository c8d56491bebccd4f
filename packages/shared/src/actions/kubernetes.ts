import * as z from 'zod';
import { dnsLabel } from '../names.ts';
import { defineAction, minutes } from './define.ts';
import { absolutePath, artifactRef, kubernetesObject, noOutputs, sealedSecret } from './fields.ts';
import { manifestPatch } from './manifest-patch.ts';

/** `kubeadm.init`. */
export const kubeadmInit = defineAction({
  description:
    'The host runs the control plane (kubeadm init), and the operator has a kubeconfig. A half-made control plane is reset first.',
  params: z.object({
    kubernetesVersion: z.string().describe('The version without "v"'),
    configuration: z
      .array(kubernetesLikeDocument())
      .describe('The documents of the kubeadm configuration, which are written to a file that only root can read'),
    advertiseAddress: z.string(),
    criSocket: z.string().describe('The CRI socket, such as unix:///run/containerd/containerd.sock'),
    removeTaint: z
      .boolean()
      .describe('When true, the control plane runs workloads too, as a cluster of a single node needs'),
    operatorUser: z
      .string()
      .nullable()
      .describe('The user whose ~/.kube/config gets the admin credentials; null means that only root gets them'),
  }),
  outputs: z.object({
    endpoint: z.string().describe('The API server as host:port'),
    caCertHash: z.string().describe('The hash of the public key of the CA as sha256:<hex>, as kubeadm join wants it'),
  }),
  timeLimitMs: minutes(10),
});

/** Returns the schema of a document of kubeadm's configuration API, whose kinds have no metadata. */
function kubernetesLikeDocument() {
  return z.looseObject({ apiVersion: z.string(), kind: z.string() });
}

/** `kubeadm.token`. */
export const kubeadmToken = defineAction({
  description:
    'There is a bootstrap token for one node, which is valid for minutes and sealed so that only that node can read it. None is minted for a node that has joined.',
  params: z.object({
    forNode: dnsLabel,
    recipient: z
      .string()
      .regex(/^X[A-Z2-7]{55}$/)
      .describe('The public curve key of the node'),
    alreadyJoined: z.boolean(),
    ttlMinutes: z.number().int().positive().default(10),
  }),
  outputs: z.object({ token: sealedSecret.nullable() }),
  timeLimitMs: minutes(2),
});

/** `kubeadm.join`. */
export const kubeadmJoin = defineAction({
  description:
    'The host is a worker of the cluster (kubeadm join). The bootstrap token is opened here, used and forgotten. A half-made join is reset first.',
  params: z.object({
    endpoint: z.string(),
    caCertHash: z.string(),
    token: sealedSecret.nullable(),
    nodeName: dnsLabel,
    criSocket: z.string(),
    apiVersion: z.string().describe('The version of the kubeadm configuration API, such as kubeadm.k8s.io/v1beta4'),
    patchesDirectory: absolutePath
      .nullable()
      .default(null)
      .describe('The folder of patches for what kubeadm writes, which v1beta3 and later take'),
    ignorePreflightErrors: z
      .array(z.string())
      .default([])
      .describe("The checks of kubeadm's own preflight whose errors count as warnings, such as SystemVerification"),
  }),
  outputs: noOutputs,
  timeLimitMs: minutes(6),
});

/** `kubeadm.reset`. */
export const kubeadmReset = defineAction({
  description:
    'The host is not part of any Kubernetes cluster (kubeadm reset), and the traces that kubeadm leaves are removed.',
  params: z.object({ criSocket: z.string() }),
  outputs: noOutputs,
  timeLimitMs: minutes(5),
});

/** `kubernetes.apply`. */
export const kubernetesApply = defineAction({
  description:
    'Objects are in the cluster as given (server-side apply with the field manager "vhive"). Custom resource definitions are waited for before the objects that use them are applied, and calls to webhooks that are not up yet are tried again.',
  params: z.object({
    objects: z.array(kubernetesObject).default([]),
    manifest: artifactRef
      .nullable()
      .default(null)
      .describe('A YAML file of many documents, which is applied before `objects`'),
    file: absolutePath.nullable().default(null).describe('A YAML file on this host that an earlier task made'),
    patches: z
      .array(manifestPatch)
      .default([])
      .describe('The changes that are made to the objects before they are applied'),
    without: z
      .array(z.object({ kind: z.string(), name: z.string().optional() }))
      .default([])
      .describe('The objects of the manifest that are left out'),
    leaveAlone: z
      .array(z.object({ kind: z.string(), name: z.string(), namespace: z.string().optional() }))
      .default([])
      .describe(
        'The objects that controllers fill in. Each is made where it does not exist, and is applied again only when its images differ, which means another version. It is no error that the manifest has none',
      ),
    fieldManager: z
      .string()
      .regex(/^vhive[a-z-]*$/)
      .default('vhive')
      .describe('The owner of the fields. Fields of an object that an earlier task applied need an owner of their own'),
    inventory: dnsLabel
      .nullable()
      .default(null)
      .describe(
        'The name under which the cluster remembers what this task applied (ConfigMap kube-system/vhive-applied). What it applied once and does not want any more is deleted, except namespaces, definitions of kinds and volumes; with null, nothing is',
      ),
  }),
  outputs: z.object({ objects: z.number().int() }),
  timeLimitMs: minutes(10),
  waitsForNodes: true,
});

/** `kubernetes.wait`. */
export const kubernetesWait = defineAction({
  description:
    'Something in the cluster has reached a state. A watch tells this, not repeated questions. A failure says what stands in the way.',
  params: z.object({
    for: z.discriminatedUnion('type', [
      z.object({ type: z.literal('api-server') }).describe('/readyz of the API server answers ok'),
      z.object({ type: z.literal('node-ready'), node: dnsLabel }),
      z
        .object({ type: z.literal('node-registered'), node: dnsLabel })
        .describe(
          'The node object exists and has its range of pod addresses (spec.podCIDR), which becomes the output podCidr',
        ),
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
        .describe('The load balancer has given the Service an address, which becomes the output address'),
      z
        .object({ type: z.literal('service-cluster-ip'), namespace: z.string(), name: z.string() })
        .describe('The Service has a cluster IP, which becomes the output address'),
      z
        .object({
          type: z.literal('condition'),
          apiVersion: z.string(),
          kind: z.string(),
          namespace: z.string().optional(),
          name: z.string(),
          condition: z.string().describe('The type of the condition, such as Ready or Complete'),
        })
        .describe('A condition of one object is True'),
      z
        .object({ type: z.literal('pods-settled') })
        .describe('Every pod in every namespace is Running with all containers ready, or Completed'),
    ]),
  }),
  outputs: z.object({
    podCidr: z.string().optional().describe("The node's range of pod addresses in CIDR form, given by node-registered"),
    address: z
      .string()
      .optional()
      .describe('The IPv4 address of the Service, given by service-address and service-cluster-ip'),
  }),
  timeLimitMs: minutes(10),
  onlyWaits: true,
  waitsForNodes: true,
});

/** `kubernetes.labels`. */
export const kubernetesLabels = defineAction({
  description:
    'A node carries these labels (server-side apply). Labels that an earlier set-up gave and this one does not are taken back; all others stay.',
  params: z.object({ node: dnsLabel, labels: z.record(z.string(), z.string()) }),
  outputs: noOutputs,
  timeLimitMs: minutes(1),
});

/** `manifest.render`. */
export const manifestRender = defineAction({
  description:
    'A program that prints a manifest has made one on this host (istioctl manifest generate, helm template). It is made again only when the program, its input or its arguments changed.',
  params: z.object({
    argv: z.array(z.string()).min(1).describe('The program, which prints the manifest, with its arguments'),
    input: z
      .object({ path: absolutePath, content: z.string() })
      .nullable()
      .default(null)
      .describe('A file that the arguments name, and that is written before the program runs'),
    inputs: z.array(artifactRef).default([]).describe('The artifacts that the manifest is made from, such as a chart'),
    path: absolutePath.describe('The path of the manifest'),
  }),
  outputs: noOutputs,
  timeLimitMs: minutes(3),
});

/** `function.smoke-test`. */
export const functionSmokeTest = defineAction({
  description:
    'A function is deployed, answers one gRPC call (helloworld.Greeter/SayHello) through the gateway, and is removed again.',
  params: z.object({
    service: kubernetesObject.describe('A Service of serving.knative.dev/v1'),
    gateway: z.ipv4().describe('The address of the ingress gateway'),
    port: z.number().int().default(80),
    message: z.string().default('vHive'),
    readyTimeoutMs: z
      .number()
      .int()
      .positive()
      .default(300_000)
      .describe('How long the function may take to become Ready, in milliseconds'),
    callTimeoutMs: z
      .number()
      .int()
      .positive()
      .default(60_000)
      .describe('How long its answer may take from the first try on, in milliseconds'),
  }),
  outputs: z.object({
    reply: z.string().optional().describe('What the function answered'),
    readyMs: z.number().optional().describe('The time from its deployment until it was Ready, in milliseconds'),
    callMs: z.number().optional().describe('The time that the answered call took, in milliseconds'),
  }),
  timeLimitMs: minutes(8),
  trial: true,
  waitsForNodes: true,
});

/** `routes`. */
export const routes = defineAction({
  description:
    'Routes to the pods of other nodes hold now and, by a oneshot systemd unit, after a reboot. The bridge pod network needs them.',
  params: z.object({
    unit: z.string().regex(/^[a-z0-9-]+\.service$/),
    routes: z
      .array(
        z.object({
          destination: z
            .string()
            .nullable()
            .describe(
              'The range of the pods in CIDR form; null where it is not known because that node is not a member yet, and the route is left out',
            ),
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

/** `kubelet.verify`. */
export const kubeletVerify = defineAction({
  description:
    'The running kubelet really uses the CRI socket and the node address that it was given, as its own command line and configuration show.',
  params: z.object({ criSocket: z.string(), nodeAddress: z.string() }),
  outputs: noOutputs,
  timeLimitMs: minutes(2),
});
