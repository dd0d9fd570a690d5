import type { CheckerName } from '../record.ts';
import { noUidOpensLab, revokedStaysDead } from './cards.ts';
import {
  everyExitIsWritten,
  everyUnlockHasCause,
  onePassOpensOnce,
  onePassOpensOnceInGroup,
} from './doors.ts';
import { cursorsAreCovered, cursorsAreHeads, feedIsWhole } from './feed.ts';
import { noEventInvented, noEventLost, noHoleWithoutCause } from './journal.ts';
import type { Checker } from './journal.ts';

/** What must hold of every campus when it has drained; the rest is seen while it runs. */
export const checkers: readonly (readonly [CheckerName, Checker])[] = [
  ['no event lost or doubled', noEventLost],
  ['no event lost or doubled', noEventInvented],
  ['no event lost or doubled', noHoleWithoutCause],
  ['no unlock without a cause', everyUnlockHasCause],
  ['no unlock without a cause', everyExitIsWritten],
  ['one pass opens once', onePassOpensOnce],
  ['one pass opens once in the group', onePassOpensOnceInGroup],
  ['what is revoked stays dead', revokedStaysDead],
  ['a UID opens no lab', noUidOpensLab],
  ['feed whole and read', feedIsWhole],
  ['feed whole and read', cursorsAreHeads],
  ['feed whole and read', cursorsAreCovered],
];
