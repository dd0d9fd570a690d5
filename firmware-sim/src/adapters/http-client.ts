import type { SimPorts } from '../ports.ts';

const answerBytesMax = 64 * 1024;

/** A head's side of HTTP. A connection that the gateway closed is opened again by the next call. */
export const askHttp: SimPorts['askHttp'] = async ({ method, url, headers, body, withinMs }) => {
  const response = await fetch(url, {
    method,
    headers,
    body: body ?? null,
    redirect: 'error',
    signal: AbortSignal.timeout(withinMs),
  });
  const text = await response.text();
  if (text.length > answerBytesMax) throw new Error('an answer without end');
  return { status: response.status, body: text };
};
