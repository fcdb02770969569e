import type { ErrorResponse } from 'resend';

/** An error body as Resend sends it. */
export class Refusal extends Error {
  readonly status: number;
  readonly vendorName: ErrorResponse['name'];

  constructor(status: number, name: ErrorResponse['name'], message: string) {
    super(message);
    this.status = status;
    this.vendorName = name;
  }

  get body(): object {
    return { statusCode: this.status, message: this.message, name: this.vendorName };
  }
}
