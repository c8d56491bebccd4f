import type { LabSource } from '../source-choice.ts';
import type { Publishers, PublishersOrder } from './publishers.ts';

/** What decides where the lab's software comes from. */
export interface SourceWishes {
  /** The source that was asked for, where one was. */
  readonly asked: LabSource | undefined;
  /** Without them there is nothing but compiling. */
  readonly publishers: Publishers | undefined;
  readonly order: PublishersOrder;
  readonly log: (line: string) => void;
}

/**
 * Decides where the lab's software comes from: from where the operator says; else from the publishers where they answer,
 * which takes minutes; else it is compiled. Says in one line what was tried and what was decided.
 */
export async function chooseSource({ asked, publishers, order, log }: SourceWishes): Promise<LabSource> {
  if (asked !== undefined || publishers === undefined) return asked ?? 'compile';
  const { answer, said } = await publishers.look(order);
  order.signal?.throwIfAborted();
  log(
    answer
      ? `the publishers answer (${said}): the lab's software is pulled from them, nothing is compiled`
      : `the publishers do not answer (${said}): the lab's software is compiled; --source publishers would ask them all the same`,
  );
  return answer ? 'publishers' : 'compile';
}
