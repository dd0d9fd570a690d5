import type { Text } from '@gatehouse/protocols';

/** What went wrong with a request, in the words of the server or, where it is silent, in ours. */
export class ApiFailure extends Error {
  readonly code: string;
  /** 0 where no answer came. */
  readonly status: number;
  /** Null: the screen has its own words for this code. */
  readonly text: Text | null;
  readonly next: Text | null;

  constructor(found: { code: string; status: number; text: Text | null; next: Text | null }) {
    super(`${found.code} (${found.status})`);
    this.name = 'ApiFailure';
    this.code = found.code;
    this.status = found.status;
    this.text = found.text;
    this.next = found.next;
  }
}

export const isFailure = (error: unknown, code: string): boolean =>
  error instanceof ApiFailure && error.code === code;

export const hasStatus = (error: unknown, status: number): boolean =>
  error instanceof ApiFailure && error.status === status;
