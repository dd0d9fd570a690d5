import ts from 'typescript';

export type Import = {
  readonly specifier: string;
  /** Value names; empty for `import 'x'`, `import * as`, `import()` and types alone. */
  readonly names: readonly string[];
  readonly typeOnly: boolean;
  readonly line: number;
};

/** A function that fits a screen; shorter ones are not reported at all. */
export const functionLinesMax = 70;

export type Found = { readonly what: string; readonly line: number };

export type FunctionFact = {
  readonly name: string;
  readonly line: number;
  readonly lines: number;
  readonly kind: 'function' | 'component' | 'suite';
};

/** What one walk over a file's syntax tells the rules. */
export type Facts = {
  readonly imports: readonly Import[];
  /** Every string, so that a file that is named and not imported counts as used. */
  readonly strings: readonly Found[];
  /** `Date.now`, `new Date()`, `process.env`, `setTimeout`: what is called or read, in words. */
  readonly uses: readonly Found[];
  readonly functions: readonly FunctionFact[];
  readonly exported: readonly string[];
  /** Syntax that we do not write: `enum`, `namespace`, `any`, `it.skip`, `vi.mock`, bare casts. */
  readonly banned: readonly Found[];
};

type Draft = { readonly [Key in keyof Facts]: Facts[Key][number][] };

type Visit = (node: ts.Node, draft: Draft, source: ts.SourceFile) => void;

const lineOf = (node: ts.Node, source: ts.SourceFile): number =>
  source.getLineAndCharacterOfPosition(node.getStart(source)).line + 1;

const isFunction = (node: ts.Node): node is ts.FunctionLikeDeclaration =>
  ts.isArrowFunction(node) ||
  ts.isFunctionExpression(node) ||
  ts.isFunctionDeclaration(node) ||
  ts.isMethodDeclaration(node) ||
  ts.isConstructorDeclaration(node);

const containsJsx = (node: ts.Node): boolean =>
  ts.isJsxElement(node) ||
  ts.isJsxSelfClosingElement(node) ||
  ts.isJsxFragment(node) ||
  ts.forEachChild(node, (child) => containsJsx(child) || undefined) === true;

const visitImport: Visit = (node, draft, source) => {
  const line = lineOf(node, source);
  if (ts.isImportDeclaration(node) && ts.isStringLiteral(node.moduleSpecifier)) {
    const clause = node.importClause;
    const bindings = clause?.namedBindings;
    const named = bindings !== undefined && ts.isNamedImports(bindings) ? bindings.elements : [];
    const values = named.filter((element) => !element.isTypeOnly);
    const onlyTypes = clause !== undefined && ts.isTypeOnlyImportDeclaration(clause);
    draft.imports.push({
      specifier: node.moduleSpecifier.text,
      names: onlyTypes ? [] : values.map(({ propertyName, name }) => (propertyName ?? name).text),
      typeOnly: onlyTypes || (named.length > 0 && values.length === 0 && !clause?.name),
      line,
    });
  }
  if (ts.isExportDeclaration(node) && node.moduleSpecifier !== undefined) {
    if (!ts.isStringLiteral(node.moduleSpecifier)) return;
    const specifier = node.moduleSpecifier.text;
    draft.imports.push({ specifier, names: [], typeOnly: node.isTypeOnly, line });
  }
  if (ts.isCallExpression(node) && node.expression.kind === ts.SyntaxKind.ImportKeyword) {
    const [first] = node.arguments;
    if (first === undefined || !ts.isStringLiteral(first)) return;
    draft.imports.push({ specifier: first.text, names: [], typeOnly: false, line });
  }
};

const visitString: Visit = (node, draft, source) => {
  const isText =
    ts.isStringLiteralLike(node) ||
    ts.isJsxText(node) ||
    ts.isTemplateHead(node) ||
    ts.isTemplateMiddle(node) ||
    ts.isTemplateTail(node) ||
    ts.isRegularExpressionLiteral(node);
  if (isText) draft.strings.push({ what: node.text, line: lineOf(node, source) });
};

const globals = /^(?:globalThis|window|self)\./;
const testRoots = new Set(['describe', 'it', 'test', 'suite', 'bench', 'context', 'ctx', 't']);
const testEscapes = new Set(['skip', 'only', 'todo', 'skipIf', 'runIf', 'fails']);
const mockCalls = new Set(['mock', 'doMock', 'hoisted', 'importMock', 'stubGlobal']);

const rootName = (node: ts.Expression): string => {
  if (ts.isIdentifier(node)) return node.text;
  if (ts.isPropertyAccessExpression(node) || ts.isCallExpression(node)) {
    return rootName(node.expression);
  }
  return '';
};

const visitUse: Visit = (node, draft, source) => {
  const add = (what: string): void => {
    draft.uses.push({ what: what.replace(globals, ''), line: lineOf(node, source) });
  };
  if (ts.isNewExpression(node) && node.expression.getText(source) === 'Date') {
    if ((node.arguments?.length ?? 0) === 0) add('new Date()');
  }
  if (ts.isCallExpression(node) && ts.isIdentifier(node.expression)) add(node.expression.text);
  if (!ts.isPropertyAccessExpression(node)) return;
  add(node.getText(source));
  const root = rootName(node.expression);
  const name = node.name.text;
  const escapes = testRoots.has(root) && testEscapes.has(name);
  if (escapes || (root === 'vi' && mockCalls.has(name))) {
    draft.banned.push({ what: `${root}.${name}`, line: lineOf(node, source) });
  }
};

const visitBanned: Visit = (node, draft, source) => {
  const add = (what: string): void => {
    draft.banned.push({ what, line: lineOf(node, source) });
  };
  if (ts.isEnumDeclaration(node)) add('enum');
  if (node.kind === ts.SyntaxKind.AnyKeyword) add('any');
  // `declare module 'x'` and `declare global` add to types; a namespace with a name is code.
  if (ts.isModuleDeclaration(node) && ts.isIdentifier(node.name)) {
    if (node.name.text !== 'global') add('namespace');
  }
};

/** The nearest statement with the comments above it. */
const statementText = (node: ts.Node, source: ts.SourceFile): string =>
  ts.isStatement(node) || ts.isSourceFile(node)
    ? node.getFullText(source)
    : statementText(node.parent, source);

const visitCast: Visit = (node, draft, source) => {
  if (!ts.isAsExpression(node)) return;
  // To `const` and `unknown` nothing is claimed that the compiler does not know.
  if (/^(?:const|unknown)$/.test(node.type.getText(source))) return;
  if (/\/\/|\/\*/.test(statementText(node, source))) return;
  draft.banned.push({
    what: 'a cast without a comment that says why it holds',
    line: lineOf(node, source),
  });
};

const functionName = (node: ts.FunctionLikeDeclaration, source: ts.SourceFile): string => {
  if (node.name !== undefined) return node.name.getText(source);
  const { parent } = node;
  const isNamed = ts.isVariableDeclaration(parent) || ts.isPropertyAssignment(parent);
  return isNamed ? parent.name.getText(source) : 'a function without a name';
};

const functionKind = (node: ts.FunctionLikeDeclaration): FunctionFact['kind'] => {
  const { parent } = node;
  if (ts.isCallExpression(parent) && /^(?:describe|suite)$/.test(rootName(parent.expression))) {
    return 'suite';
  }
  return containsJsx(node) ? 'component' : 'function';
};

const visitFunction: Visit = (node, draft, source) => {
  if (!isFunction(node)) return;
  const line = lineOf(node, source);
  const lines = source.getLineAndCharacterOfPosition(node.getEnd()).line + 2 - line;
  if (lines <= functionLinesMax) return;
  const name = functionName(node, source);
  draft.functions.push({ name, line, lines, kind: functionKind(node) });
};

const visitExport: Visit = (node, draft) => {
  if (!ts.isVariableStatement(node) && !ts.isFunctionDeclaration(node)) return;
  if (!node.modifiers?.some(({ kind }) => kind === ts.SyntaxKind.ExportKeyword)) return;
  const names = ts.isVariableStatement(node)
    ? node.declarationList.declarations.map(({ name }) => name)
    : [node.name];
  for (const name of names) {
    if (name !== undefined && ts.isIdentifier(name)) draft.exported.push(name.text);
  }
};

const visits: readonly Visit[] = [
  visitImport,
  visitString,
  visitUse,
  visitBanned,
  visitCast,
  visitFunction,
  visitExport,
];

export const factsOf = (path: string, text: string): Facts => {
  const source = ts.createSourceFile(path, text, ts.ScriptTarget.Latest, true);
  const draft: Draft = {
    imports: [],
    strings: [],
    uses: [],
    functions: [],
    exported: [],
    banned: [],
  };
  const walk = (node: ts.Node): void => {
    for (const visit of visits) visit(node, draft, source);
    ts.forEachChild(node, walk);
  };
  walk(source);
  return draft;
};
