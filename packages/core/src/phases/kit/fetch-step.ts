import { type StepId, stepId } from './steps.ts';

/** The name of the phase that fetches files and images. */
export const ARTIFACTS = 'artifacts';

/** Returns the step of that phase that fetches something once for all nodes of an architecture, as Debian names it. */
export const fetchStep = (what: string, arch: string): StepId => stepId(ARTIFACTS, `${what}-${arch}`);
