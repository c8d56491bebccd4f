import { type Controller, met, part, withStatus } from './controller.ts';

/** Its kind is served at once. */
export const customResourceDefinition: Controller = (object) =>
  withStatus(object, { conditions: met('NamesAccepted', 'Established') });

/** Whoever is behind it answers at once. */
export const apiService: Controller = (object) => withStatus(object, { conditions: met('Available') });

/** Whoever serves a webhook gives it its CA. */
const CA_BUNDLE = Buffer.from('the CA of a simulated webhook\n').toString('base64');

/** Every webhook has its CA. */
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
