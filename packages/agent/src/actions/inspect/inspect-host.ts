import { defined } from '@vhive/shared';
import { type Action, ActionError } from '../kit/action.ts';
import { kvmFindings, poolFindings, spaceFindings } from './machine-findings.ts';
import { unitFindings } from './unit-findings.ts';

/** The action `inspect.host`, whose contract says what it does. */
export const inspectHost: Action<'inspect.host'> = {
  async check({ units, needsKvm, thinPool, minFreePercent }, context) {
    const facts = await context.host.facts();
    if (!facts.kubernetes.joined)
      return { converged: false, changes: ['services are looked at, once the host is a member of the cluster'] };
    const findings = [
      ...(await Promise.all(units.map((unit) => unitFindings(unit, context)))).flat(),
      ...(needsKvm ? kvmFindings(facts) : []),
      ...(thinPool === null ? [] : await poolFindings(thinPool, context)),
      ...spaceFindings(facts, minFreePercent),
    ];
    for (const { check, level, message } of findings) context.log(`${level}: ${check}: ${message}`);
    const errors = findings.filter(({ level }) => level === 'error');
    const [first] = errors;
    if (first === undefined) return { converged: true, outputs: { findings } };
    throw new ActionError({
      code: 'not-converged',
      message: errors.map(({ check, message }) => `${check}: ${message}`).join('; '),
      ...defined({ hint: first.hint }),
    });
  },
  // There is nothing to bring about, because `check` either converges or fails.
  apply: async () => undefined,
};
