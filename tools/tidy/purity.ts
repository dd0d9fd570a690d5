import { at, eachCode, isForTests } from './rule.ts';
import type { Rule } from './rule.ts';
import type { TreeFile } from './tree.ts';

/** Where time, chance and the outside may be touched: made in main.ts, wrapped in adapters/. */
const mayBeImpure = (file: TreeFile): boolean =>
  (file.role !== 'source' && file.role !== 'vectors') ||
  (file.package === 'firmware-sim' && !file.path.startsWith('firmware-sim/src/campus/'));

/** Each with the port that stands in its place. */
const impureUses: Readonly<Record<string, string>> = {
  'Date.now': 'clock',
  'new Date()': 'clock',
  'performance.now': 'clock',
  'process.hrtime': 'clock',
  'process.hrtime.bigint': 'clock',
  setTimeout: 'timers',
  setInterval: 'timers',
  setImmediate: 'timers',
  'AbortSignal.timeout': 'timers',
  'Math.random': 'random',
  'crypto.randomUUID': 'random',
  'crypto.getRandomValues': 'random',
  randomUUID: 'random',
  randomBytes: 'random',
  randomInt: 'random',
  getRandomValues: 'random',
};

const impureModules: Readonly<Record<string, string>> = {
  'node:child_process': 'process',
  'node:dgram': 'network',
  'node:dns': 'network',
  'node:fs': 'disk',
  'node:fs/promises': 'disk',
  'node:http': 'network',
  'node:http2': 'network',
  'node:https': 'network',
  'node:net': 'network',
  'node:os': 'machine',
  'node:sqlite': 'journal or store',
  'node:timers': 'timers',
  'node:timers/promises': 'timers',
  'node:tls': 'network',
  'node:worker_threads': 'worker',
  serialport: 'serial',
};

const purityRule: Rule = {
  name: 'time, chance and the outside come through ports',
  reason: 'the whole campus runs under one seed only if nothing reaches past its ports',
  check: (tree) =>
    eachCode(
      tree,
      (file) => !mayBeImpure(file),
      (file, { uses, imports }) => [
        ...uses.flatMap(({ what, line }) => {
          const port = Object.hasOwn(impureUses, what) ? impureUses[what] : undefined;
          return port === undefined ? [] : [at(file, line, `${what}: take the ${port} port`)];
        }),
        ...imports
          .filter(({ typeOnly }) => !typeOnly)
          .flatMap(({ specifier, line }) => {
            const port = Object.hasOwn(impureModules, specifier)
              ? impureModules[specifier]
              : undefined;
            return port === undefined
              ? []
              : [at(file, line, `${specifier}: take the ${port} port, or move to adapters/`)];
          }),
      ],
    ),
};

const contractRule: Rule = {
  name: 'protocols/ imports nothing of Node',
  reason: 'the same code runs in gateway, cloud and browser; cryptography is handed in',
  check: (tree) =>
    eachCode(
      tree,
      (file) => file.path.startsWith('protocols/src/') && file.role !== 'test',
      (file, { imports, uses }) => [
        ...imports
          .filter(({ specifier }) => specifier.startsWith('node:'))
          .map(({ specifier, line }) => at(file, line, `imports ${specifier}`)),
        ...uses
          .filter(({ what }) => /^(?:process|Buffer)\.|^(?:require|fetch)$/.test(what))
          .map(({ what, line }) => at(file, line, `uses ${what}`)),
      ],
    ),
};

const environmentRule: Rule = {
  name: 'only main.ts reads the environment',
  reason: 'what a program depends on stands in its config and on one line of its main.ts',
  check: (tree) =>
    eachCode(
      tree,
      (file) => !['main', 'tool', 'bench'].includes(file.role) && !isForTests(file),
      (file, { uses }) =>
        uses
          .filter(({ what }) => /^process\.(?:env|argv|exit|exitCode)\b/.test(what))
          .map(({ what, line }) => at(file, line, `reads ${what}: pass it from main.ts`)),
    ),
};

const sqlRule: Rule = {
  name: 'SQL holds no clock and no chance',
  reason: 'ids and times are parameters: a replay under one seed writes the same rows',
  check: (tree) => {
    const impure =
      /\b(?:now|random|clock_timestamp|gen_random_uuid|uuidv[47])\s*\(|CURRENT_TIMESTAMP/i;
    const inSql = tree.files
      .filter(({ path }) => path.endsWith('.sql'))
      .flatMap((file) =>
        file.text
          .split('\n')
          .flatMap((text, i) =>
            impure.test(text.replace(/--.*/, '')) ? [at(file, i + 1, text.trim())] : [],
          ),
      );
    const inStrings = eachCode(
      tree,
      (file) => file.package === 'cloud' && !isForTests(file),
      (file, { strings }) =>
        strings
          .filter(({ what }) => /\b(?:select|insert|update|delete|values)\b/i.test(what))
          .filter(({ what }) => impure.test(what))
          .map(({ line }) => at(file, line, 'SQL with now(), random() or a made id')),
    );
    return [...inSql, ...inStrings];
  },
};

export const purityRules: readonly Rule[] = [purityRule, contractRule, environmentRule, sqlRule];
