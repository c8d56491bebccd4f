import type { Component } from './component.ts';
import { type Pace, saySeconds, timeLeft } from './time-left.ts';

/** So many seconds pass between two lines about the same component. */
const silence = 45;

/** Says what is being compiled, how many of how many, and the time that is left. */
export class BuildProgress {
  readonly #log: (line: string) => void;
  readonly #now: () => number;
  readonly #done: Pace[] = [];
  #remaining: Component[] = [];
  #startedAt = 0;
  #saidAt = 0;
  #packages = 0;

  /** @param now gives a time in seconds */
  constructor(log: (line: string) => void, now = () => performance.now() / 1000) {
    this.#log = log;
    this.#now = now;
  }

  /** These components are to be made, in this order. */
  expect(components: readonly Component[]): void {
    this.#remaining = [...components];
  }

  /** The next component is being made from now on. */
  start(component: Component): void {
    [this.#startedAt, this.#saidAt, this.#packages] = [this.#now(), this.#now(), 0];
    const number = this.#done.length + 1;
    const count = this.#done.length + this.#remaining.length;
    const doing = component.recipe.kind === 'wheel' ? 'fetching' : 'compiling';
    const instead = component.instead === undefined ? '' : ` (${component.instead})`;
    this.#log(`${number} of ${count}: ${doing} ${component.title} ${component.version}${instead}; ${this.#timeLeft()}`);
  }

  /** Go compiles a package, whose path is the line, or says that it downloads a module. */
  line(line: string): void {
    if (!line.startsWith('go: ')) this.#packages += 1;
    const current = this.#remaining[0];
    if (current === undefined || this.#now() - this.#saidAt < silence) return;
    this.#saidAt = this.#now();
    this.#log(`  ${current.title}: ${this.#packages} packages so far, now ${line}; ${this.#timeLeft()}`);
  }

  /** The component that was started last is made. */
  finish(): void {
    const component = this.#remaining.shift();
    if (component === undefined) return;
    this.#done.push({ expected: component.seconds, took: this.#now() - this.#startedAt });
  }

  #timeLeft(): string {
    const remaining = this.#remaining.map(({ seconds }) => seconds);
    return `about ${saySeconds(timeLeft(this.#done, remaining, this.#now() - this.#startedAt))} left`;
  }
}
