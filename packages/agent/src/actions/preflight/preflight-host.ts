import type { Finding } from '@vhive/shared';
import { type Action, ActionError } from '../kit/action.ts';
import { lookAtCluster } from './cluster-findings.ts';
import { cniFindings } from './cni-findings.ts';
import { credentialsFindings } from './credentials-findings.ts';
import { firewallFindings } from './firewall-findings.ts';
import { hardwareFindings } from './hardware-findings.ts';
import { kernelLimitFindings } from './kernel-limit-findings.ts';
import { machineFindings } from './machine-findings.ts';
import { poolSpaceFindings } from './pool-space-findings.ts';
import { portFindings } from './port-findings.ts';
import { spaceFindings } from './space-findings.ts';
import { systemFindings } from './system-findings.ts';

/** Whether a check is ignored. The check "port 6443" is ignored by its own name and by "port". */
const isIgnored = (check: string, ignore: readonly string[]) =>
  ignore.includes(check) || ignore.includes(check.split(' ')[0] ?? check);

/** Makes one failure that names every error, each with what to do about it. */
function refusal(errors: Finding[]): ActionError {
  const lines = errors.map(({ check, message, hint }) => `${check}: ${message}${hint ? ` (${hint})` : ''}`);
  const [only] = lines;
  return new ActionError({
    code: 'preflight',
    message:
      errors.length === 1 && only !== undefined
        ? only
        : `${errors.length} things stand in the way:\n${lines.map((line) => `  - ${line}`).join('\n')}`,
    hint: `put right what is named, or let a check pass with preflight.ignore: [${[...new Set(errors.map(({ check }) => check))].join(', ')}] in the cluster file`,
    permanent: true,
  });
}

/** The action `preflight.host`, whose contract says what it does. */
export const preflightHost: Action<'preflight.host'> = {
  async check(params, context) {
    const { host, log } = context;
    // The facts are gathered now and not when the agent enrolled: /dev/kvm is opened, and space and swap are measured.
    const facts = await host.facts();
    const { state, findings: clusterFindings } = await lookAtCluster(context, params);
    const { member: joined, caCertHashes, server } = state;
    const found = [
      ...machineFindings(facts, params, joined),
      ...(await systemFindings(host, params.thinPool === null ? [] : ['dm_thin_pool'])),
      ...(await kernelLimitFindings(host)),
      ...(await poolSpaceFindings(host, params.thinPool, joined)),
      ...(await spaceFindings(host, params.space, facts, joined)),
      ...(await firewallFindings(host, joined)),
      ...(await hardwareFindings(host, params)),
      ...(await credentialsFindings(host, params.dockerCredentials)),
      ...clusterFindings,
      ...(await cniFindings(host, params.cniConfiguration, joined)),
      ...(await portFindings(host, params.ports, joined)),
    ];
    const findings = found.map(
      (finding): Finding => (isIgnored(finding.check, params.ignore) ? { ...finding, level: 'warning' } : finding),
    );
    for (const { check, level, message, hint } of findings)
      log(`${level}: ${check}: ${message}${hint ? ` (${hint})` : ''}`);
    const errors = findings.filter(({ level }) => level === 'error');
    if (errors.length > 0) throw refusal(errors);
    return { converged: true, outputs: { findings, joined, controlPlane: state.controlPlane, caCertHashes, server } };
  },
  // There is nothing to bring about, because `check` either converges or refuses.
  apply: async () => undefined,
};
