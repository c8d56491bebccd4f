/** An entry of endpoints.json. */
export interface Endpoint {
  hostname: string;
  /** Whether calls of it begin an eventing workflow. */
  eventing: boolean;
}

/** Writes endpoints.json as vSwarm's deployer does: tabs, no newline at the end, and `matchers` null. */
export function endpointsText(endpoints: readonly Endpoint[]): string {
  return JSON.stringify(
    endpoints.map(({ hostname, eventing }) => ({ hostname, eventing, matchers: null })),
    undefined,
    '\t',
  );
}
