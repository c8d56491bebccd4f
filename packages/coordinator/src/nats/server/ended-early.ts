import { VhiveError } from '@vhive/shared';

/** Thrown when somebody ended nats-server before it was ready. Nothing is wrong with it, so it may be started again. */
export class EndedEarly extends VhiveError {
  constructor(message: string) {
    super({
      code: 'internal',
      message,
      hint: 'somebody ends nats-server as soon as it is started: look for what watches over processes here',
    });
  }
}
