import type { ErrorView } from '@gatehouse/protocols';
import { ApiFailure } from '../api/failure.ts';
import { after } from './clock.ts';

export type Method = 'GET' | 'POST' | 'DELETE';

const requestTimeoutMs = 10_000;

const failureOf = async (response: Response): Promise<ApiFailure> => {
  try {
    // The server is of our own origin and of the same contract; another body lands in `catch`.
    const { error } = (await response.json()) as ErrorView;
    return new ApiFailure({ ...error, status: response.status });
  } catch {
    return new ApiFailure({ code: 'no_sense', status: response.status, text: null, next: null });
  }
};

/** JSON, or a file as it is. */
const bodyOf = (body: unknown): Pick<RequestInit, 'body' | 'headers'> => {
  if (body === undefined) return {};
  return body instanceof Blob
    ? { headers: { 'content-type': body.type }, body }
    : { headers: { 'content-type': 'application/json' }, body: JSON.stringify(body) };
};

/**
 * One request to our own API. `View` is what the route's docstring in protocols/ names.
 * @throws ApiFailure, `unreachable` where no answer came in 10 s
 */
export const request = async <View>(
  method: Method,
  path: string,
  body?: unknown,
): Promise<View> => {
  const abort = new AbortController();
  const cancel = after(requestTimeoutMs, () => {
    abort.abort();
  });
  try {
    const response = await fetch(path, {
      method,
      signal: abort.signal,
      credentials: 'same-origin',
      cache: 'no-store',
      ...bodyOf(body),
    });
    if (!response.ok) throw await failureOf(response);
    const found: unknown = response.status === 204 ? undefined : await response.json();
    // One contract on both sides: the server validates what it sends, and 204 where a route has
    // no view.
    return found as View;
  } catch (error) {
    if (error instanceof ApiFailure) throw error;
    throw new ApiFailure({ code: 'unreachable', status: 0, text: null, next: null });
  } finally {
    cancel();
  }
};
