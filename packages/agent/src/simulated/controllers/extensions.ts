import { type Controller, met, part, withStatus } from './controller.ts';

/** A custom resource definition is established at once. */
export const customResourceDefinition: Controller = (object) =>
  withStatus(object, { conditions: met('NamesAccepted', 'Established') });

/** An APIService is available at once. */
export const apiService: Controller = (object) => withStatus(object, { conditions: met('Available') });

/** The CA that the server of a webhook would write into its configuration. */
const CA_BUNDLE = Buffer.from('the CA of a simulated webhook\n').toString('base64');

/** Every webhook of a configuration has its CA at once. */
export const webhookConfiguration: Controller = (object) => {
  const { webhooks } = object as { webhooks?: object[] };
  if (!Array.isArray(webhooks)) return object;
  return {
    ...object,
    webhooks: webhooks.map((webhook) => ({
      ...webhook,
      clientConfig: { caBundle: CA_BUNDLE, ...part(webhook, 'clientConfig') },
    })),
  };
};
