import { defineConfig } from 'eslint/config';
import tseslint from 'typescript-eslint';

// Rules that need no types run on everything; rules that ask the type checker run on our
// TypeScript only. What a formatter or the compiler already says is not said a third time here.

const syntaxBans = [
  {
    selector: 'ClassDeclaration[superClass]:not([superClass.name="Error"])',
    message: 'No inheritance: pass functions and values. Only an error may extend Error.',
  },
  {
    selector: 'TSParameterProperty',
    message: 'Node strips types and cannot emit parameter properties: assign the field by hand.',
  },
  {
    selector: 'ExportDefaultDeclaration',
    message: 'A named export has one name everywhere; only tool configuration exports a default.',
  },
  {
    selector: 'ExportAllDeclaration[source.value!=/^\\.\\//]',
    message: 'Re-export only files of this package, from its index.ts.',
  },
];

const moduleStateBans = [
  {
    selector: 'Program > VariableDeclaration[kind="let"]',
    message:
      'No state at module level: two gateways run in one process. Make it in a create… call.',
  },
  {
    selector: 'Program > ExportNamedDeclaration > VariableDeclaration[kind="let"]',
    message: 'No state at module level, least of all exported.',
  },
];

const plainRules = {
  'array-callback-return': 'error',
  curly: ['error', 'multi-line'],
  eqeqeq: 'error',
  'no-alert': 'error',
  'no-cond-assign': 'error',
  'no-console': 'error',
  'no-constant-condition': ['error', { checkLoops: 'allExceptWhileTrue' }],
  'no-control-regex': 'off', // wires have control bytes
  'no-debugger': 'error',
  'no-dupe-else-if': 'error',
  'no-duplicate-imports': ['error', { allowSeparateTypeImports: true }],
  'no-else-return': 'error',
  'no-empty': 'error',
  'no-eval': 'error',
  'no-fallthrough': 'error',
  'no-implied-eval': 'error',
  'no-inner-declarations': 'error',
  'no-labels': 'error',
  'no-loss-of-precision': 'error',
  'no-param-reassign': 'error',
  'no-promise-executor-return': ['error', { allowVoid: true }],
  'no-self-compare': 'error',
  'no-sequences': 'error',
  'no-template-curly-in-string': 'error',
  'no-unreachable-loop': 'error',
  'no-unsafe-finally': 'error',
  'no-unsafe-optional-chaining': 'error',
  'no-useless-return': 'error',
  'no-var': 'error',
  'object-shorthand': 'error',
  'prefer-const': 'error',
  'require-atomic-updates': 'off', // reports shapes that are not races
  'use-isnan': 'error',
};

const untypedRules = {
  '@typescript-eslint/array-type': ['error', { default: 'array' }],
  '@typescript-eslint/ban-ts-comment': ['error', { 'ts-expect-error': 'allow-with-description' }],
  '@typescript-eslint/consistent-type-definitions': ['error', 'type'],
  '@typescript-eslint/consistent-type-imports': [
    'error',
    { fixStyle: 'separate-type-imports', disallowTypeAnnotations: false },
  ],
  '@typescript-eslint/method-signature-style': 'error',
  '@typescript-eslint/no-empty-object-type': 'error',
  '@typescript-eslint/no-explicit-any': 'error',
  '@typescript-eslint/no-import-type-side-effects': 'error',
  '@typescript-eslint/no-namespace': 'error',
  '@typescript-eslint/no-non-null-assertion': 'error',
  '@typescript-eslint/no-require-imports': 'error',
  '@typescript-eslint/no-shadow': 'error',
  '@typescript-eslint/no-this-alias': 'error',
  '@typescript-eslint/no-unsafe-function-type': 'error',
  '@typescript-eslint/no-unused-expressions': 'error',
  '@typescript-eslint/no-unused-vars': [
    'error',
    { argsIgnorePattern: '^_', varsIgnorePattern: '^_', ignoreRestSiblings: true },
  ],
  '@typescript-eslint/no-useless-constructor': 'error',
};

const typedRules = {
  '@typescript-eslint/await-thenable': 'error',
  '@typescript-eslint/no-array-delete': 'error',
  '@typescript-eslint/no-base-to-string': 'error',
  '@typescript-eslint/no-floating-promises': [
    'error',
    {
      // node-fastify's register and vitest's suites are thenables nobody waits for.
      allowForKnownSafeCalls: [
        { from: 'package', name: ['describe', 'it', 'test'], package: 'vitest' },
      ],
      allowForKnownSafePromises: [
        { from: 'package', name: ['FastifyInstance', 'FastifyReply'], package: 'fastify' },
      ],
    },
  ],
  '@typescript-eslint/no-for-in-array': 'error',
  '@typescript-eslint/no-misused-promises': [
    'error',
    { checksVoidReturn: { arguments: true, attributes: false, returns: false } },
  ],
  '@typescript-eslint/no-unnecessary-type-assertion': 'error',
  '@typescript-eslint/no-unsafe-argument': 'error',
  '@typescript-eslint/no-unsafe-assignment': 'error',
  '@typescript-eslint/no-unsafe-call': 'error',
  '@typescript-eslint/no-unsafe-member-access': 'error',
  '@typescript-eslint/no-unsafe-return': 'error',
  '@typescript-eslint/only-throw-error': 'error',
  '@typescript-eslint/prefer-promise-reject-errors': 'error',
  '@typescript-eslint/prefer-readonly': 'error',
  '@typescript-eslint/require-array-sort-compare': ['error', { ignoreStringArrays: true }],
  '@typescript-eslint/restrict-plus-operands': 'error',
  '@typescript-eslint/restrict-template-expressions': [
    'error',
    { allowNumber: true, allowBoolean: true, allow: [{ from: 'lib', name: ['Error', 'URL'] }] },
  ],
  '@typescript-eslint/return-await': ['error', 'error-handling-correctness-only'],
  '@typescript-eslint/switch-exhaustiveness-check': [
    'error',
    { considerDefaultExhaustiveForUnions: true },
  ],
};

export default defineConfig(
  { ignores: ['**/node_modules/', '**/dist/', '**/coverage/', '.data/'] },
  { linterOptions: { reportUnusedDisableDirectives: 'error' } },
  { files: ['**/*.{js,ts,tsx}'], rules: plainRules },
  {
    files: ['**/*.{ts,tsx}'],
    languageOptions: {
      parser: tseslint.parser,
      parserOptions: { project: './tsconfig.json', tsconfigRootDir: import.meta.dirname },
    },
    plugins: { '@typescript-eslint': tseslint.plugin },
    rules: {
      ...untypedRules,
      ...typedRules,
      'no-restricted-syntax': ['error', ...syntaxBans, ...moduleStateBans],
    },
  },
  {
    // Tests set up before each case, and speak to wires and JSON whose shape they assert.
    files: ['**/*.test.ts', '**/*.test.tsx', '**/test/**', '**/testing.ts', '**/testing/**'],
    rules: { 'no-restricted-syntax': ['error', ...syntaxBans] },
  },
  {
    // Programs talk to the person who started them.
    files: ['tools/**', '**/bench/**', '**/main.ts', 'firmware-sim/**', '**/*.config.{js,ts}'],
    rules: { 'no-console': 'off' },
  },
  {
    // Runs before any check, in browsers that know nothing newer: it tells them so.
    files: ['dashboard/public/**/*.js'],
    rules: { 'no-var': 'off', 'object-shorthand': 'off', 'prefer-const': 'off' },
  },
  {
    files: ['*.config.{js,ts}', '*/*.config.{js,ts}'],
    rules: { 'no-restricted-syntax': 'off' },
  },
);
