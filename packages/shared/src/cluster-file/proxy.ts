import * as z from 'zod';

/** The address of a proxy. Credentials would stand in files and in environments that every user of a node can read. */
const proxyAddress = z
  .string()
  .regex(
    /^https?:\/\/([A-Za-z0-9.-]+|\[[0-9A-Fa-f:]+\])(:[0-9]{1,5})?\/?$/,
    'must be the address of a proxy without credentials, such as http://proxy.example.org:3128',
  );

/** `proxy`: the way of the nodes to the internet. */
export const proxySection = z.strictObject({
  http: proxyAddress.optional().describe('The proxy for http addresses, such as http://proxy.example.org:3128'),
  https: proxyAddress.optional().describe('The proxy for https addresses; default: that of `http`'),
  noProxy: z
    .array(
      z
        .string()
        .max(253)
        .regex(
          /^(\*?\.)?[A-Za-z0-9]([A-Za-z0-9-]*[A-Za-z0-9])?(\.[A-Za-z0-9]([A-Za-z0-9-]*[A-Za-z0-9])?)*(:[0-9]{1,5}|\/[0-9]{1,2})?$/,
          'must be a host, a domain such as .example.org, or a range of addresses',
        ),
    )
    .max(1000)
    .default([])
    .describe(
      'Hosts, domains (.example.org) and ranges that are asked directly, besides those of the cluster, which are added',
    ),
});
