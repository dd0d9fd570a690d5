import { describe, expect, it } from 'vitest';
import { circleRules } from './tools/tidy/circles.ts';
import { fileRules } from './tools/tidy/files.ts';
import { importRules } from './tools/tidy/imports.ts';
import { purityRules } from './tools/tidy/purity.ts';
import { shapeRules } from './tools/tidy/shape.ts';
import { styleRules } from './tools/tidy/styles.ts';
import { readTree } from './tools/tidy/tree.ts';

// The rules of STYLE.md that a test can hold. Each says why; each is itself tested in
// tools/tidy/rules.test.ts on a tree that breaks it.

const rules = [
  ...importRules,
  ...circleRules,
  ...purityRules,
  ...shapeRules,
  ...fileRules,
  ...styleRules,
];
const tree = readTree(import.meta.dirname);

describe('the tree is tidy', () => {
  it('is all there', () => {
    expect(tree.files.length).toBeGreaterThan(50);
  });

  for (const { name, reason, check } of rules) {
    it(name, () => {
      expect(check(tree), reason).toEqual([]);
    });
  }
});
