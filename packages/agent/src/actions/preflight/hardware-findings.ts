import type { HostFinding, Params } from '@vhive/shared';
import type { Host } from '../../host/host.ts';

/** Reports what the processor and the graphics cards of a host lack for what is planned. */
export async function hardwareFindings(
  host: Host,
  params: Pick<Params<'preflight.host'>, 'needsKvm' | 'wantsNvidia'>,
): Promise<HostFinding[]> {
  const findings: HostFinding[] = [];
  if (params.needsKvm && (await isAmd(host)))
    findings.push({
      check: 'cpu template',
      level: 'warning',
      message:
        'this host has an AMD processor, for which Firecracker has no template T2: microVMs that ask for one do not start',
      hint: 'as upstream, /etc/containerd/firecracker-runtime.json asks for T2; vHive is known to work on Intel processors',
    });
  if (params.wantsNvidia && !(await hasNvidiaDriver(host)))
    findings.push({
      check: 'nvidia driver',
      level: 'warning',
      message: 'there is no NVIDIA driver (no /dev/nvidiactl, no nvidia-smi): pods get no GPU of this host',
      hint: 'where it has a GPU, install the driver first (apt-get install nvidia-driver, or NVIDIA’s cuda-drivers) and reboot',
    });
  return findings;
}

async function isAmd(host: Host): Promise<boolean> {
  const info = (await host.readFile('/proc/cpuinfo'))?.toString() ?? '';
  return /^vendor_id\s*:\s*AuthenticAMD$/m.test(info);
}

async function hasNvidiaDriver(host: Host): Promise<boolean> {
  if ((await host.stat('/dev/nvidiactl')) !== undefined) return true;
  return (await host.run(['nvidia-smi', '--list-gpus'])).exitCode === 0;
}
