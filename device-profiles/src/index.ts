export * from './catalogue.ts';
export * from './checked-yaml.ts';
export * from './errors.ts';
export * from './feedback-form.ts';
export * from './profile.ts';
