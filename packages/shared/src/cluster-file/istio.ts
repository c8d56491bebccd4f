import * as z from 'zod';

/** `istio`: settings of Istio, which Knative's functions are called through. */
export const istioSection = z.strictObject({
  values: z
    .record(z.string(), z.unknown())
    .default({})
    .describe(
      "Values of Istio's charts, merged into `spec.values` of the IstioOperator that istioctl is given, such as pilot: {resources: {requests: {memory: 512Mi}}}; meshConfig and global.hub have their places too. They must hold no secrets, because the records of runs hold them",
    ),
});
