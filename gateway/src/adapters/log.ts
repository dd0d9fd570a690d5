import { pino } from 'pino';
import type { Log } from '../ports.ts';

/** One JSON object a line on stderr: the event's name first, ids as fields. */
export const createLog = (bindings: Readonly<Record<string, unknown>>): Log => {
  const logger = pino(
    { base: bindings, messageKey: 'event', errorKey: 'error' },
    pino.destination({ dest: 2, sync: false }),
  );
  return {
    debug: (event, fields = {}) => {
      logger.debug(fields, event);
    },
    info: (event, fields = {}) => {
      logger.info(fields, event);
    },
    warn: (event, fields = {}) => {
      logger.warn(fields, event);
    },
    error: (event, fields = {}) => {
      logger.error(fields, event);
    },
  };
};
