import type { EmailSuite } from '../harness.ts';
import type { Reference } from '../reference.ts';

/** An adapter that is wrong in one way, and what the suite must say about it. */
export interface Mutant {
  readonly wrong: string;
  readonly noticedBy: RegExp;
  readonly declares?: Partial<EmailSuite>;
  readonly adapter: new () => Reference;
}
