import { PolicyRow } from '@gatehouse/protocols';
import type { Delta } from '@gatehouse/protocols';
import Type from 'typebox';
import { Compile } from 'typebox/compile';

const Tag = Type.Object({ section: Type.String(), key: Type.String() });
type Tag = Type.Static<typeof Tag>;
const deleted = Compile(Type.Object({ del: Tag }));
const put = Compile(Type.Object({ put: PolicyRow }));

export type PolicyChange = { readonly put: readonly PolicyRow[]; readonly del: readonly Tag[] };

/** What a delta changes, or undefined where one of its rows is none that we know. */
export const readOps = (ops: Delta['ops']): PolicyChange | undefined => {
  const puts: PolicyRow[] = [];
  const del: Tag[] = [];
  for (const op of ops) {
    if (deleted.Check(op)) del.push(op.del);
    else if (put.Check(op)) puts.push(op.put);
    else return undefined;
  }
  return { put: puts, del };
};
