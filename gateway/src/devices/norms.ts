import type { Model } from '@gatehouse/device-profiles';
import type { Side } from '@gatehouse/protocols';

/** Where a model keeps what the shared vocabulary names. */

/** @returns the name of the state, or undefined where the model has none */
export const stateOf = (model: Model, norm: string): string | undefined =>
  nameOf(model.state, norm);

export const commandOf = (model: Model, norm: string): string | undefined =>
  nameOf(model.commands, norm);

export const eventOf = (model: Model, norm: string): string | undefined =>
  nameOf(model.events, norm);

type Named = Readonly<Record<string, { readonly norm?: string }>>;

const nameOf = (entries: Named | undefined, norm: string): string | undefined =>
  Object.entries(entries ?? {}).find(([, entry]) => entry.norm === norm)?.[0];

/** Has an output that releases this side of a door. */
export const opensSide = (model: Model, side: Side): boolean =>
  commandOf(model, `door.open_${side}`) !== undefined;

/** Reads codes or cards. */
export const readsCodes = (model: Model): boolean =>
  eventOf(model, 'access.code') !== undefined || eventOf(model, 'access.uid') !== undefined;
