import type { ErrorView } from '@gatehouse/protocols';
import type { FastifyError, FastifyReply, FastifyRequest } from 'fastify';
import { CloudError, cloudErrors } from '../errors.ts';
import type { CloudErrorCode } from '../errors.ts';
import type { Log } from '../ports.ts';
import { isRefusedValue } from '../sql-state.ts';

const retryAfterSeconds = 2;

export const errorView = (
  code: CloudErrorCode,
  freeAtMs?: number,
  about?: CloudError['about'],
): ErrorView => {
  const { text, next } = cloudErrors[code];
  const freeAt = freeAtMs === undefined ? {} : { freeAt: new Date(freeAtMs).toISOString() };
  return { error: { code, text: { ...text }, next: { ...next }, ...freeAt, ...about } };
};

/** What the framework calls by a status of its own. */
const byStatus: Readonly<Record<number, CloudErrorCode>> = {
  404: 'CL_NOT_FOUND',
  429: 'CL_TOO_MANY',
};

type Failure = { readonly code: CloudErrorCode; readonly unexpected: boolean };

const failureOf = (error: unknown): Failure => {
  if (error instanceof CloudError) return { code: error.code, unexpected: false };
  // PostgreSQL refuses a value that a schema let through: both request and schema are wrong.
  if (isRefusedValue(error)) return { code: 'CL_BAD_REQUEST', unexpected: true };
  // Fastify's own errors carry the status of what was wrong with the request.
  const status = error instanceof Error ? ((error as FastifyError).statusCode ?? 500) : 500;
  return status < 500
    ? { code: byStatus[status] ?? 'CL_BAD_REQUEST', unexpected: false }
    : { code: 'CL_INTERNAL', unexpected: true };
};

/** Every error leaves as an ErrorView; what went wrong inside stays in the log. */
export const answerError =
  (log: Log) =>
  (error: unknown, request: FastifyRequest, reply: FastifyReply): FastifyReply => {
    const { code, unexpected } = failureOf(error);
    const { status } = cloudErrors[code];
    const route = request.routeOptions?.url ?? '';
    if (unexpected) log.error('api.failed', { method: request.method, route, error });
    else if (status >= 500) log.warn('api.unavailable', { method: request.method, route, code });
    if (status === 503) reply.header('retry-after', retryAfterSeconds);
    const freeAtMs = error instanceof CloudError ? error.freeAtMs : undefined;
    const about = error instanceof CloudError ? error.about : undefined;
    const view = errorView(code, freeAtMs, about);
    return reply.code(status).header('cache-control', 'no-store').send(view);
  };
