import { expect, it } from 'vitest';
import { branchIn } from './moving-address.ts';

const commit = '0123456789abcdef0123456789abcdef01234567';

it.each([
  ['https://media.githubusercontent.com/media/vhive-serverless/vHive/main/bin/firecracker', 'main'],
  ['https://raw.githubusercontent.com/vhive-serverless/vHive/refs/heads/main/bin/firecracker', 'main'],
  [
    'https://raw.githubusercontent.com/vhive-serverless/vHive/legacy-firecracker-v0.24.0-with-upf-support/bin/jailer',
    'legacy-firecracker-v0.24.0-with-upf-support',
  ],
  ['https://github.com/vhive-serverless/vHive/archive/main.tar.gz', 'main'],
  [`https://github.com/vhive-serverless/vHive/archive/${commit}.tar.gz`, undefined],
  [`https://raw.githubusercontent.com/vhive-serverless/vHive/${commit}/bin/firecracker`, undefined],
  ['https://raw.githubusercontent.com/projectcalico/calico/v3.31.5/manifests/calico.yaml', undefined],
  ['https://github.com/knative/serving/releases/download/knative-v1.21.2/serving-core.yaml', undefined],
  ['https://dl.k8s.io/release/v1.35.3/bin/linux/amd64/kubeadm', undefined],
])('%s: %s', (url, branch) => {
  expect(branchIn(url)).toBe(branch);
});
