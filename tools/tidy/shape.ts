import { basename, dirname, extname } from 'node:path/posix';
import { functionLinesMax } from './facts.ts';
import { at, eachCode, eachLine, isForTests, isTable } from './rule.ts';
import type { Rule } from './rule.ts';
import type { TreeFile } from './tree.ts';

const componentLinesMax = 100;
const columnsMax = 100;
const fileLinesMax = 400;
/** A test file is a table of cases, and what sets a scene up is one list of parts. */
const testFileLinesMax = 600;
const testFunctionLinesMax = 110;
const styledExtensions = new Set(['.ts', '.tsx', '.js', '.css', '.sql']);

const isStyled = ({ path }: TreeFile): boolean => styledExtensions.has(extname(path));

const functionRule: Rule = {
  name: `functions have at most ${functionLinesMax} lines, components ${componentLinesMax}`,
  reason: 'a function fits a screen',
  check: (tree) =>
    eachCode(
      tree,
      () => true,
      (file, { functions }) =>
        functions
          .filter(({ kind }) => kind !== 'suite')
          .filter(({ kind, lines }) => kind !== 'component' || lines > componentLinesMax)
          .filter(({ lines }) => !isForTests(file) || lines > testFunctionLinesMax)
          .map(({ name, line, lines }) => at(file, line, `${name} has ${lines} lines`)),
    ),
};

const columnRule: Rule = {
  name: `lines have at most ${columnsMax} columns`,
  reason: 'two files fit beside each other',
  check: (tree) =>
    eachLine(
      tree,
      (file) => isStyled(file) && file.role !== 'vectors' && !isTable(file),
      (line) => ([...line].length > columnsMax ? `${[...line].length} columns` : undefined),
    ),
};

const fileRule: Rule = {
  name: `files have at most ${fileLinesMax} lines`,
  reason: 'one idea a file; only a table (*.table.ts) or vectors may be longer',
  check: (tree) =>
    tree.files
      .filter((file) => isStyled(file) && file.role !== 'vectors' && !isTable(file))
      .map((file) => ({ file, lines: file.text.split('\n').length - 1 }))
      .filter(({ file, lines }) => lines > (isForTests(file) ? testFileLinesMax : fileLinesMax))
      .map(({ file, lines }) => at(file, 1, `${lines} lines`)),
};

const syntaxRule: Rule = {
  name: 'no enum, namespace, any, bare cast, module mock or skipped test',
  reason: 'Node strips types; a type that says nothing and a test that does not run prove nothing',
  check: (tree) =>
    eachCode(
      tree,
      () => true,
      (file, { banned }) =>
        banned
          .filter(({ what }) => !(isForTests(file) && what.startsWith('a cast')))
          .map(({ what, line }) => at(file, line, what)),
    ),
};

const chinese = /\p{Script=Han}/u;
/** The name is one word in both languages. */
const productName = /Gatehouse \p{Script=Han}{2}(?!\p{Script=Han})/u;

const languageRule: Rule = {
  name: 'Chinese stands in tables, i18n and tests',
  reason: 'a sentence in the code has no English beside it and no one place to mend it',
  check: (tree) =>
    eachCode(
      tree,
      (file) => !isForTests(file) && !isTable(file),
      (file, { strings }) =>
        strings
          .filter(({ what }) => chinese.test(what.replace(productName, '')))
          .map(({ what, line }) => at(file, line, what.trim().slice(0, 40))),
    ),
};

// Put together here, so that this file does not break its own rules.
const leftForLater = new RegExp(`\\b(?:${['TO', 'DO'].join('')}|${['FIX', 'ME'].join('')})\\b`);
const machinePath = /(?:^|[^a-zA-Z0-9.{}~_-])\/(?:work|tmp|home\/[a-z]+|root)\//;

const laterRule: Rule = {
  name: 'nothing is left for later in the code',
  reason: 'what is missing stands in an issue, where somebody looks for it',
  check: (tree) =>
    eachLine(
      tree,
      (file) => isStyled(file) || /\.(?:ya?ml|sh)$/.test(file.path),
      (line) => (leftForLater.test(line) ? line.trim() : undefined),
    ),
};

const pathRule: Rule = {
  name: 'no path of somebody’s machine',
  reason: 'the tree runs anywhere: a temporary folder comes from the system, the rest is relative',
  check: (tree) =>
    eachLine(
      tree,
      () => true,
      (line) => (machinePath.test(line) ? line.trim() : undefined),
    ),
};

const kebab = /^[a-z0-9]+(?:-[a-z0-9]+)*(?:\.[a-z0-9]+(?:-[a-z0-9]+)*)+$/;
const vague = /^(?:utils?|helpers?|common|misc|shared|stuff|lib|managers?|services?)(?:\.tsx?)?$/;

const nameRule: Rule = {
  name: 'files are kebab-case nouns of the domain',
  reason: 'a name that fits everything tells nothing; case differs between file systems',
  check: (tree) =>
    tree.files
      .filter(({ path }) => /\.(?:tsx?|css|ya?ml|sql)$/.test(path))
      .flatMap((file) => {
        const bad = [
          ...(kebab.test(basename(file.path)) || file.path.includes('/migrations/')
            ? []
            : ['is not kebab-case']),
          ...file.path
            .split('/')
            .flatMap((part) => (vague.test(part) ? [`'${part}' is vague`] : [])),
        ];
        return bad.map((what) => at(file, 1, what));
      }),
};

const codecExport = /^(?:encode|decode|parse[A-Z]|create[A-Za-z]*Decoder$)/;

const vectorRule: Rule = {
  name: 'every codec folder has vectors',
  reason: 'simulators share our codecs, so only a named source finds a symmetric mistake',
  check: (tree) => {
    const withVectors = new Set(
      tree.files.filter(({ role }) => role === 'vectors').map(({ path }) => dirname(path)),
    );
    return eachCode(
      tree,
      ({ path, role }) => /^protocols\/src\/.+\//.test(path) && role === 'source',
      (file, { exported }) => {
        const codec = exported.find((name) => codecExport.test(name));
        if (codec === undefined || withVectors.has(dirname(file.path))) return [];
        return [at(file, 1, `exports ${codec}, and its folder has no *.vectors.ts`)];
      },
    );
  },
};

export const shapeRules: readonly Rule[] = [
  functionRule,
  columnRule,
  fileRule,
  syntaxRule,
  languageRule,
  laterRule,
  pathRule,
  nameRule,
  vectorRule,
];
