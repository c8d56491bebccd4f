import { userInfo } from 'node:os';

/**
 * Returns the user who started the command, through sudo or not. The result is undefined for root, who gets the
 * kubeconfig in any case.
 */
export function operatorUser(env: NodeJS.ProcessEnv, current: string = userInfo().username): string | undefined {
  const name = env.SUDO_USER || current;
  return name === 'root' ? undefined : name;
}
