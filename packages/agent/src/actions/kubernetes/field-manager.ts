import type { KubernetesApi } from '@vhive/base/kubernetes/kubernetes-api';

/** Returns the same API, in which whatever is applied belongs to another field manager unless one is given. */
export function asFieldManager(api: KubernetesApi, fieldManager: string): KubernetesApi {
  return {
    apply: (object, options) => api.apply(object, { fieldManager, ...options }),
    get: (reference, options) => api.get(reference, options),
    delete: (reference, options) => api.delete(reference, options),
    list: (kind, options) => api.list(kind, options),
    waitFor: (reference, until, options) => api.waitFor(reference, until, options),
    waitForList: (kind, until, options) => api.waitForList(kind, until, options),
    lastWords: (container, options) => api.lastWords(container, options),
    ready: (options) => api.ready(options),
  };
}
