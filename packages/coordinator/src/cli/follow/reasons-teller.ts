import type { Progress, RunView } from '@vhive/shared';
import { type Wait, waitHead, waitsOf } from '../render/waits/wait-reasons.ts';

/** A step that tells new reasons is told again after this many milliseconds at the earliest. */
const AGAIN_MS = 15_000;
/** So many waits are told at once; they speak for the others. */
const MOST = 3;

/** Decides when the reasons of waiting steps are told in output that does not move: when they are new, but not always. */
export class ReasonsTeller {
  readonly #told = new Map<string, { text: string; at: number }>();

  /** Returns what is to be told now, one text of several lines for each wait. */
  due(view: Pick<RunView, 'steps'>, progress: ReadonlyMap<string, Progress>, now: Date): string[] {
    const waits = waitsOf(view.steps, progress);
    const news = waits.filter((wait) => this.#isNews(wait, now.getTime())).slice(0, MOST);
    for (const wait of news) this.#told.set(attemptOf(wait), { text: textOf(wait), at: now.getTime() });
    return news.map(textOf);
  }

  #isNews(wait: Wait, now: number): boolean {
    const told = this.#told.get(attemptOf(wait));
    return told === undefined || (told.text !== textOf(wait) && now - told.at >= AGAIN_MS);
  }
}

/** Another attempt is to say its reasons again. */
const attemptOf = ({ step }: Wait) => `${step.id} ${step.attempts}`;

const textOf = (wait: Wait) => [waitHead(wait), ...wait.reasons].join('\n');
