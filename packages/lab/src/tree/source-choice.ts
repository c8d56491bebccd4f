/** Where the software of a lab can come from: as its publishers release it, or compiled from their source. */
export const labSources = ['publishers', 'compile'] as const;

/** See {@link labSources}. */
export type LabSource = (typeof labSources)[number];
