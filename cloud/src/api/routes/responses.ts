import { ErrorView } from '@gatehouse/protocols';
import Type from 'typebox';

/** The answers of a route that has a view; errors have one form everywhere. */
export const answers = <T extends Type.TSchema>(view: T) => ({
  200: view,
  '4xx': ErrorView,
  '5xx': ErrorView,
});

export const noContent = { 204: Type.Null(), '4xx': ErrorView, '5xx': ErrorView } as const;
