/** The file in which the plan puts the variables of a proxy, as systemd reads them too (EnvironmentFile=). */
export const PROXY_FILE = '/etc/vhive/proxy.env';

/**
 * The programs that speak only with the cluster itself. kubeadm would also write the variables into the static pods of
 * the control plane, where they would stay when the proxy is gone.
 */
const withoutProxy = ['kubeadm', 'kubectl'];

/** Returns the variables that a command is given, from the content of the file, if there is one. */
export function proxyVariables([path = '']: readonly string[], file: Buffer | undefined): Record<string, string> {
  if (file === undefined || withoutProxy.includes(path.slice(path.lastIndexOf('/') + 1))) return {};
  const found = [...file.toString().matchAll(/^((?:HTTPS?|NO)_PROXY)=(.*)$/gim)];
  return Object.fromEntries(found.map(([, name = '', value = '']) => [name, value]));
}
