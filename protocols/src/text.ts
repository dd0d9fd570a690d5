/** The two languages of every text that a person reads. zh-CN is written first, not translated. */
export const languages = ['zh', 'en'] as const;
export type Language = (typeof languages)[number];
export type Text = { readonly zh: string; readonly en: string };

/**
 * Fills `{name}` in a text. A name without a value stays empty rather than showing a brace: texts
 * come from tables that a test checks, values from devices that nobody checks.
 */
export const fill = (template: string, values: Readonly<Record<string, string>>): string =>
  template
    .replace(/\{([a-zA-Z]+)\}/g, (_, name: string) =>
      Object.hasOwn(values, name) ? (values[name] ?? '') : '',
    )
    .replace(/\s{2,}/g, ' ')
    .trim();
