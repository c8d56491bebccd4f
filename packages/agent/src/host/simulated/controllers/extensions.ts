import { type Controller, met, part, withStatus } from './controller.ts';

export const customResourceDefinition: Controller = (object) =>
  withStatus(object, { conditions: met('NamesAccepted', 'Established') });

export const apiService: Controller = (object) => withStatus(object, { conditions: met('Available') });

/** Whoever serves a webhook gives it its CA. */
const CA_BUNDLE = Buffer.from('the CA of a simulated webhook\n').toString('base64');

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
