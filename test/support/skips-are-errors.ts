import type { Reporter, TestCase, TestModule } from 'vitest/node';

/**
 * Fails a run of tests in which any test was skipped, and names each, because a test that does not run proves nothing.
 * A person who cannot have all that the tests need, root for example, sets `VHIVE_ALLOW_SKIPS=1` and only gets the
 * list.
 *
 * A run of chosen tests (`-t`) leaves out the others on purpose, so nothing is said about them.
 */
export class SkipsAreErrors implements Reporter {
  #chosen = false;

  onInit({ config }: { config: { testNamePattern?: RegExp | undefined } }): void {
    this.#chosen = config.testNamePattern !== undefined;
  }

  onTestRunEnd(modules: readonly TestModule[], _errors: unknown, reason: 'passed' | 'interrupted' | 'failed'): void {
    // When a run failed, tests were left out after the failure too.
    if (this.#chosen || reason !== 'passed') return;
    const skipped = modules.flatMap((module) => [...module.children.allTests('skipped')]);
    if (skipped.length === 0) return;
    const allowed = process.env.VHIVE_ALLOW_SKIPS === '1';
    const verdict = allowed ? '' : ', which is an error (VHIVE_ALLOW_SKIPS=1 allows it)';
    const count = skipped.length === 1 ? '1 test was' : `${skipped.length} tests were`;
    const lines = [`${count} skipped${verdict}:`, ...skipped.map(described)];
    process.stderr.write(`${lines.join('\n  ')}\n`);
    if (!allowed) process.exitCode = 1;
  }
}

function described(test: TestCase): string {
  const result = test.result();
  const note = result.state === 'skipped' && result.note !== undefined ? `: ${result.note}` : '';
  return `${test.module.relativeModuleId} > ${test.fullName}${note}`;
}
