import { referenceTo, titleOf } from '@vhive/base/kubernetes/reference';
import type { KubernetesObject } from '@vhive/shared';
import { failedForGood } from '../../kit/failures.ts';
import { isTree, type Tree } from '../apply/merge.ts';
import { changePodSpec } from './pod-template.ts';

/** Returns the name of a flag, however many dashes it has; undefined when the argument is not a flag. */
const flagOf = (argument: string) => /^--?([^-=][^=]*)(?:=|$)/.exec(argument)?.[1];

/**
 * Returns a list of arguments with others added. A flag that is in the list already with whatever value (`--flag=...`)
 * is replaced by the new ones of the same name. A flag without a value and an argument that is no flag stay single. A
 * value that is an argument of its own (`--flag value`) is left, because programs take the last one.
 */
export function withArguments(there: readonly string[], added: readonly string[]): string[] {
  let result = [...there];
  for (const name of new Set(added.map((argument) => flagOf(argument)))) {
    const news = [...new Set(added.filter((argument) => flagOf(argument) === name))];
    if (name === undefined || news.every((argument) => result.includes(argument) && !argument.includes('='))) {
      result.push(...news.filter((argument) => !result.includes(argument)));
      continue;
    }
    const old = (argument: string, index: number) => {
      if (flagOf(argument) !== name) return false;
      const next = result[index + 1];
      return argument.includes('=') || next === undefined || next.startsWith('-');
    };
    const first = result.findIndex(old);
    const kept = result.filter((argument, index) => !old(argument, index));
    const before = first < 0 ? kept.length : first;
    const missing = news.filter((argument) => !kept.includes(argument));
    result = [...kept.slice(0, before), ...missing, ...kept.slice(before)];
  }
  return result;
}

/** Adds arguments to containers of an object's pod template, by container. Init containers can be named as well. */
export function addArguments(
  object: KubernetesObject,
  added: Readonly<Record<string, readonly string[]>>,
): KubernetesObject {
  const title = titleOf(referenceTo(object));
  const found = new Set<string>();
  const names: string[] = [];
  const change = (containers: unknown) => {
    if (!Array.isArray(containers)) return containers;
    return containers.map((container: unknown) => {
      if (!isTree(container) || typeof container.name !== 'string') return container;
      const { name, args } = container;
      names.push(name);
      const news = Object.hasOwn(added, name) ? added[name] : undefined;
      if (!news) return container;
      found.add(name);
      return { ...container, args: withArguments(Array.isArray(args) ? args.map(String) : [], news) };
    });
  };
  const changed = changePodSpec(object, (spec): Tree => {
    const result = { ...spec };
    for (const list of ['initContainers', 'containers']) if (list in spec) result[list] = change(spec[list]);
    return result;
  });
  if (!changed) throw failedForGood(`${title} has no pod template whose containers could get arguments`);
  const missing = Object.keys(added).filter((name) => !found.has(name));
  if (missing.length > 0)
    throw failedForGood(`${title} has no container ${missing.join(', ')}, which is to get arguments`, {
      hint: `its containers: ${names.join(', ')}`,
    });
  return changed;
}
