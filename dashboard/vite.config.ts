import { createHash } from 'node:crypto';
import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import react from '@vitejs/plugin-react';
import { defineConfig } from 'vite';
import type { Plugin, Rolldown } from 'vite';
import { themeCss } from './src/theme/theme-css.ts';

const root = import.meta.dirname;

/** The colours stand in the page itself, so that no frame is drawn without them. */
const themeInPage: Plugin = {
  name: 'theme-in-page',
  transformIndexHtml: () => [{ tag: 'style', children: themeCss(), injectTo: 'head-prepend' }],
};

const filesOf = (
  bundle: Rolldown.OutputBundle,
  fileName: string,
  seen: ReadonlySet<string> = new Set(),
): ReadonlySet<string> => {
  const chunk = bundle[fileName];
  if (chunk?.type !== 'chunk' || seen.has(fileName)) return seen;
  const own = new Set([...seen, fileName, ...(chunk.viteMetadata?.importedCss ?? [])]);
  return chunk.imports.reduce<ReadonlySet<string>>(
    (all, imported) => filesOf(bundle, imported, all),
    own,
  );
};

/** The phone page's service worker knows the files of exactly this build. */
const phoneWorker: Plugin = {
  name: 'phone-worker',
  enforce: 'post',
  apply: 'build',
  generateBundle(_options, bundle) {
    const entry = Object.values(bundle).find(
      (file) => file.type === 'chunk' && file.facadeModuleId?.endsWith('/m/index.html') === true,
    );
    const files = [...filesOf(bundle, entry?.fileName ?? '')].sort().map((name) => `/${name}`);
    const template = readFileSync(join(root, 'src/adapters/phone-worker.js'), 'utf8');
    const page = readFileSync(join(root, 'm/index.html'), 'utf8');
    const version = createHash('sha256')
      .update([...files, page, template, themeCss()].join('\n'))
      .digest('hex')
      .slice(0, 12);
    const source = template
      .replace('__VERSION__', version)
      .replace("'__FILES__'", files.map((name) => `'${name}'`).join(', '));
    this.emitFile({ type: 'asset', fileName: 'm/sw.js', source });
  },
};

/** Schemas that a page does not use must not travel to it. */
const isPure = (id: string): boolean =>
  id.includes('/protocols/src/') || id.includes('/node_modules/typebox/');

export default defineConfig({
  root,
  plugins: [react(), themeInPage, phoneWorker],
  server: { host: '127.0.0.1', proxy: { '/api': 'http://127.0.0.1:8090' } },
  build: {
    target: ['chrome100', 'firefox115', 'safari15.4'],
    cssTarget: ['chrome100', 'firefox115', 'safari15.4'],
    chunkSizeWarningLimit: 1600,
    // Browsers that lack it load the same files one step later: no reason to send them more script.
    modulePreload: { polyfill: false },
    rolldownOptions: {
      input: {
        choose: join(root, 'index.html'),
        console: join(root, 'console/index.html'),
        m: join(root, 'm/index.html'),
        open: join(root, 'open/index.html'),
      },
      treeshake: { moduleSideEffects: (id: string) => !isPure(id) },
    },
  },
});
