import { VhiveError } from '@vhive/shared';

/** An error that chooses its HTTP status itself. */
export class HttpError extends VhiveError {
  readonly statusCode: number;

  constructor(statusCode: number, init: ConstructorParameters<typeof VhiveError>[0]) {
    super(init);
    this.statusCode = statusCode;
  }
}
