import { phases } from '@vhive/core/phases/index';
import { catalogue } from '@vhive/core/versions/catalogue';

const meaning = {
  real: 'it happens for real in the lab',
  boundary: 'files and commands are checked; what they ask for is not to be had there',
  untested: 'it never ran',
} as const;

/** Makes the page that says of every phase how far it is proven, from the phases themselves. */
export function realnessPage(): string {
  const { containerd, kubernetes } = catalogue;
  return [
    '# What is real',
    '',
    'Made from `packages/core/src/phases/`; do not edit. The lab (`vhive-coord lab`, `up --lab`) has real hosts,',
    `systemd, containerd ${containerd.version} and Kubernetes ${kubernetes.version}, and Istio, MetalLB and Knative in them. Hosts that are`,
    'containers have no device-mapper, no KVM for ordinary guests and no loadable kernel modules; those under qemu',
    '([`--emulated`](testing.md#machines-under-qemu)) have all three, in a kernel of their own that needs no KVM of the',
    'machine. There is no internet. In `up --simulate` every host is imitated and every line says so.',
    '',
    'The notes are of a lab whose software is compiled, as tests have it. Where the lab takes it from the publishers or from a',
    'mirror tree that is given ([which one](testing.md#the-software-of-a-lab)), all of it is as released, Istio’s Envoy,',
    'net-istio and kn too, and nothing is a stand-in; no such lab was run yet.',
    '',
    ...Object.entries(meaning).map(([word, text]) => `- **${word}**: ${text}`),
    '',
    'With the hardware: `vhive-coord doctor` with the options of your `up` looks at every node and says phase by phase what',
    'differs; the commands in the last column show the same by hand.',
    '',
    '| phase | in the lab | what that means | by hand, on a node |',
    '|---|---|---|---|',
    ...phases.map(
      ({ name, realness: { lab, note, byHand } }) =>
        `| \`${name}\` | ${lab} | ${note} | ${byHand.map((command) => `\`${command.replaceAll('|', '\\|')}\``).join('<br>')} |`,
    ),
    '',
  ].join('\n');
}
