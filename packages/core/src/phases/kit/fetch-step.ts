import { type StepId, stepId } from './steps.ts';

/** The name of the phase that fetches files and images. */
export const ARTIFACTS = 'artifacts';

/** The step of that phase that fetches something for an architecture (Debian's words), once for all nodes. */
export const fetchStep = (what: string, arch: string): StepId => stepId(ARTIFACTS, `${what}-${arch}`);
