import Type from 'typebox';
import { bulkColumns, bulkFields } from '../card/bulk-columns.table.ts';
import { bulkFaults } from '../card/bulk-faults.table.ts';
import type { BulkFaultCode } from '../card/bulk-faults.table.ts';
import { Time } from './views.ts';

/**
 * Cards issued to many people at once: a file becomes a job, its rows are judged without changing
 * anything (the dry run), applied, and taken back within a day.
 */

/** As `parseUid` and the tables have it; larger files are refused. */
export const bulkBytesMax = 10 * 1024 * 1024;
export const bulkRowsMax = 20_000;
/** How long a file is kept that nobody applies, and how long what was applied can be undone. */
export const bulkKeptMs = 24 * 60 * 60 * 1000;

export const bulkEncodings = ['utf-8', 'gb18030'] as const;
export type BulkEncoding = (typeof bulkEncodings)[number];
export const bulkSeparators = ['comma', 'semicolon', 'tab'] as const;
export type BulkSeparator = (typeof bulkSeparators)[number];

/** What a row would do. */
export const bulkVerdicts = ['new', 'changed', 'unchanged', 'refused'] as const;
export type BulkVerdict = (typeof bulkVerdicts)[number];
/** What it did; `since`: nothing, because the database has changed since the dry run. */
export const bulkOutcomes = ['issued', 'changed', 'kept', 'refused', 'since'] as const;
export type BulkOutcome = (typeof bulkOutcomes)[number];
/** How it was taken back; `in_part`, `left`: somebody has changed it since. */
export const bulkUndos = ['ended', 'put_back', 'in_part', 'left'] as const;
export type BulkUndo = (typeof bulkUndos)[number];

/**
 * `stopped`: applied in part, then stopped. `failed`: it could not go on. `dropped`: thrown away,
 * or not applied in a day.
 */
export const bulkStates = [
  'checking',
  'checked',
  'applying',
  'applied',
  'stopped',
  'failed',
  'undoing',
  'undone',
  'dropped',
] as const;
export type BulkState = (typeof bulkStates)[number];

const Count = Type.Integer({ minimum: 0 });
const Nullable = <T extends Type.TSchema>(schema: T) => Type.Union([schema, Type.Null()]);
const Name = Type.Object({ zh: Type.String(), en: Type.String() });
const Column = Type.Enum([...bulkColumns]);
const Field = Type.Enum([...bulkFields]);
const Verdicts = Type.Object({ new: Count, changed: Count, unchanged: Count, refused: Count });
const Outcomes = Type.Object({
  issued: Count,
  changed: Count,
  kept: Count,
  refused: Count,
  since: Count,
});
const Undos = Type.Object({ ended: Count, put_back: Count, in_part: Count, left: Count });

/** `GET /api/console/bulk/:job`, and what its stream says as `event: bulk`. */
export const BulkJobView = Type.Object({
  id: Type.String(),
  fileName: Type.String(),
  bytes: Count,
  /** Hex, of the file as it came. */
  sha256: Type.String(),
  encoding: Type.Enum([...bulkEncodings]),
  separator: Type.Enum([...bulkSeparators]),
  /** The file's headings in order; a column that is null is not read. */
  headings: Type.Array(Type.Object({ text: Type.String(), column: Nullable(Column) })),
  madeAt: Time,
  madeBy: Name,
  state: Type.Enum([...bulkStates]),
  stopAsked: Type.Boolean(),
  rows: Count,
  /** Of rows that are judged. */
  counts: Verdicts,
  /** Of rows that are done. */
  outcomes: Outcomes,
  undos: Undos,
  appliedAt: Nullable(Time),
  appliedBy: Nullable(Name),
  undoneAt: Nullable(Time),
  undoneBy: Nullable(Name),
  /** Null: it cannot be undone, or no longer. */
  undoUntil: Nullable(Time),
  /** The cells of its rows are erased; counts and outcomes stay. */
  isErased: Type.Boolean(),
});
export type BulkJobView = Type.Static<typeof BulkJobView>;

// The keys of the table of faults.
const faultCodes = Object.keys(bulkFaults) as BulkFaultCode[];

export const BulkFaultView = Type.Object({
  code: Type.Enum(faultCodes),
  column: Nullable(Column),
  what: Type.String(),
});
export type BulkFaultView = Type.Static<typeof BulkFaultView>;

/** Values as a file would have them; both are empty once the job is erased. */
export const BulkChangeView = Type.Object({
  field: Field,
  from: Type.String(),
  to: Type.String(),
});
export type BulkChangeView = Type.Static<typeof BulkChangeView>;

export const BulkRowView = Type.Object({
  n: Type.Integer({ minimum: 1 }),
  /** Where the row begins in the file; the headings are on line 1 as a rule. */
  line: Type.Integer({ minimum: 1 }),
  number: Type.String(),
  name: Name,
  verdict: Type.Enum([...bulkVerdicts]),
  changes: Type.Array(BulkChangeView),
  faults: Type.Array(BulkFaultView),
  outcome: Nullable(Type.Enum([...bulkOutcomes])),
  /** Why it is refused now: of `since`, and of a row that could not be written or put back. */
  sinceFaults: Type.Array(BulkFaultView),
  undo: Nullable(Type.Enum([...bulkUndos])),
  /** What somebody has changed since, and so stays; and a chip that took the place of another. */
  undoLeft: Type.Array(Field),
  card: Nullable(Type.String()),
});
export type BulkRowView = Type.Static<typeof BulkRowView>;

/** `GET /api/console/bulk/:job/rows?verdict=&after=`; `after` is null at the end. */
export const BulkRowsView = Type.Object({
  rows: Type.Array(BulkRowView),
  after: Nullable(Type.Integer()),
});
export type BulkRowsView = Type.Static<typeof BulkRowsView>;
