/** What only follows from other reasons, or passes by itself while a function is made. */
const follows =
  /LatestCreatedFailed|RevisionMissing|: Deploying$|: not yet$|MinimumReplicasUnavailable|^ServerlessService .*not found$/;

/** Returns reasons with those last that only follow from others; otherwise they stay as they are. */
export function tellingOrder(reasons: readonly string[]): string[] {
  return reasons.toSorted((a, b) => Number(follows.test(a)) - Number(follows.test(b)));
}
