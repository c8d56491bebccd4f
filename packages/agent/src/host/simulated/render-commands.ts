import type { SimulatedProgram } from './program.ts';

/** A program that prints a manifest: one object that says whose place it takes. */
const printsManifest =
  (program: string): SimulatedProgram =>
  () => ({
    stdout: [
      'apiVersion: v1',
      'kind: ConfigMap',
      'metadata:',
      `  name: simulated-${program}`,
      '  namespace: default',
      '',
    ].join('\n'),
  });

/** `istioctl manifest generate` */
export const istioctl: SimulatedProgram = printsManifest('istioctl');

/** `helm template` */
export const helm: SimulatedProgram = printsManifest('helm');
