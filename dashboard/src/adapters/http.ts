import type { ErrorView } from '@gatehouse/protocols';
import { ApiFailure } from '../api/failure.ts';
import { after } from './clock.ts';

export type Method = 'GET' | 'POST' | 'DELETE';

const requestTimeoutMs = 10_000;
const uploadTimeoutMs = 60_000;

const failureOf = async (response: Response): Promise<ApiFailure> => {
  try {
    // The server is of our own origin and of the same contract; another body lands in `catch`.
    const { error } = (await response.json()) as ErrorView;
    return new ApiFailure({ ...error, status: response.status });
  } catch {
    return new ApiFailure({ code: 'no_sense', status: response.status, text: null, next: null });
  }
};

type Body = { readonly type: string; readonly body: BodyInit };

const send = async <View>(
  method: Method,
  path: string,
  { timeoutMs, content }: { readonly timeoutMs: number; readonly content: Body | undefined },
): Promise<View> => {
  const abort = new AbortController();
  const cancel = after(timeoutMs, () => {
    abort.abort();
  });
  try {
    const response = await fetch(path, {
      method,
      signal: abort.signal,
      credentials: 'same-origin',
      cache: 'no-store',
      ...(content === undefined
        ? {}
        : { headers: { 'content-type': content.type }, body: content.body }),
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

/**
 * One request to our own API. `View` is what the route's docstring in protocols/ names.
 * @throws ApiFailure, `unreachable` where no answer came in 10 s
 */
export const request = <View>(method: Method, path: string, body?: unknown): Promise<View> => {
  const type = 'application/json';
  const content = body === undefined ? undefined : { type, body: JSON.stringify(body) };
  return send(method, path, { timeoutMs: requestTimeoutMs, content });
};

/**
 * Sends a file as it is.
 * @throws ApiFailure, `unreachable` where no answer came in a minute
 */
export const upload = <View>(path: string, type: string, file: Blob): Promise<View> =>
  send('POST', path, { timeoutMs: uploadTimeoutMs, content: { type, body: file } });
