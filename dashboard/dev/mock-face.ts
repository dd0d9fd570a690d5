import { CardFaceBody, defaultFace, faceFaults, lookOf } from '@gatehouse/protocols';
import type { CardFaceView, FaceView } from '@gatehouse/protocols';
import Value from 'typebox/value';

export type MockFace = {
  readonly view: () => CardFaceView;
  readonly of: (kind: string) => FaceView;
  /** False where somebody else was first; undefined where the body is no face. */
  readonly save: (body: unknown) => boolean | undefined;
};

export const createMockFace = (nowMs: () => number): MockFace => {
  const fallback = defaultFace(null);
  let held: CardFaceView = { face: fallback, version: 0, fallback, saved: null };
  return {
    view: () => held,
    of: (kind) => ({ ...lookOf(held.face, kind), photo: 'drawn' }),
    save: (body) => {
      if (!Value.Check(CardFaceBody, body) || faceFaults(body.face).length > 0) return undefined;
      if (body.version !== held.version) return false;
      const saved = { at: new Date(nowMs()).toISOString(), by: null };
      held = { face: body.face, version: held.version + 1, fallback, saved };
      return true;
    },
  };
};
