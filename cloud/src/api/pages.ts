import fastifyStatic from '@fastify/static';
import type { FastifyInstance, FastifyReply, FastifyRequest } from 'fastify';
import { errorView } from './answers.ts';
import { notBuiltPage, scanCodePage } from './pages.table.ts';

/** Pages with addresses of their own below them; in this order. */
const pages: readonly { readonly path: RegExp; readonly file: string }[] = [
  { path: /^\/$/, file: 'index.html' },
  { path: /^\/console(?:\/[^.]*)?$/, file: 'console/index.html' },
  { path: /^\/m(?:\/[^.]*)?$/, file: 'm/index.html' },
  { path: /^\/(?:found|freeze)\/?$/, file: 'open/index.html' },
];

const year = 'public, max-age=31536000, immutable';

/** Vite puts a hash of the content into the name of everything below assets/. */
const cacheOf = (path: string): string =>
  /[/\\]assets[/\\][^/\\]+$/.test(path) ? year : 'no-cache';

/** The page on which one chooses who to be. */
const chooserPage = '/index.html';

const pathOf = ({ url }: FastifyRequest): string => url.split('?', 1)[0] ?? url;

export type PageOptions = {
  /** Undefined where it is not built. */
  readonly dir: string | undefined;
  /** Where it has none, its address says to scan a code. */
  readonly hasChooser: boolean;
};

const sendPage = (reply: FastifyReply, status: number, page: string): FastifyReply =>
  reply
    .code(status)
    .header('cache-control', 'no-store')
    .type('text/html; charset=utf-8')
    .send(page);

/**
 * Serves the built dashboard, and what is not there: a page's own addresses, or an error as JSON.
 */
export const addPages = async (
  api: FastifyInstance,
  { dir, hasChooser }: PageOptions,
): Promise<void> => {
  if (dir !== undefined) {
    await api.register(fastifyStatic, {
      root: dir,
      cacheControl: false,
      // Asked about the path as it was sent and about the file that was found for it.
      allowedPath: (path) => hasChooser || path !== chooserPage,
      setHeaders: (reply, path) => {
        void reply.header('cache-control', cacheOf(path));
      },
    });
  }
  api.setNotFoundHandler((request: FastifyRequest, reply: FastifyReply) => {
    const path = pathOf(request);
    const page = pages.find((each) => each.path.test(path));
    const isRead = request.method === 'GET' || request.method === 'HEAD';
    if (!isRead || page === undefined) return reply.code(404).send(errorView('CL_NOT_FOUND'));
    if (path === '/' && !hasChooser) return sendPage(reply, 404, scanCodePage);
    if (dir !== undefined) return reply.sendFile(page.file);
    return sendPage(reply, 503, notBuiltPage);
  });
};
