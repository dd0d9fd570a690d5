import type { FastifyRequest } from 'fastify';
import { CloudError } from '../errors.ts';

export type OwnOrigin = {
  readonly secure: boolean;
  /** Names by which this service is reached; others are a rebound DNS name. */
  readonly isOwnHost: (host: string) => boolean;
};

const readingMethods: ReadonlySet<string> = new Set(['GET', 'HEAD', 'OPTIONS']);

const urlOf = (text: string): URL | undefined => {
  try {
    return new URL(text);
  } catch {
    return undefined;
  }
};

/**
 * Refuses what another site's page makes a browser send: a change must name our own origin. Beside
 * it stands the cookie's SameSite, and a Host that is ours, against DNS rebinding.
 * @throws CloudError CL_NOT_ALLOWED
 */
export const requireOwnOrigin = (request: FastifyRequest, { secure, isOwnHost }: OwnOrigin) => {
  const scheme = secure ? 'https:' : 'http:';
  const own = urlOf(`${scheme}//${request.headers.host ?? ''}`);
  if (own === undefined || !isOwnHost(own.hostname)) {
    throw new CloudError('CL_NOT_ALLOWED', 'host');
  }
  if (readingMethods.has(request.method)) return;
  const site = request.headers['sec-fetch-site'];
  const origin = urlOf(request.headers.origin ?? '');
  const isOwn = origin !== undefined && origin.protocol === scheme && origin.host === own.host;
  if (!isOwn || (site !== undefined && site !== 'same-origin')) {
    throw new CloudError('CL_NOT_ALLOWED', 'origin');
  }
};
