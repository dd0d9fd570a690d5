import { pino } from 'pino';
import type { Log } from '../ports.ts';

/** One JSON object a line on stderr: the event's name, ids as fields. */
export const createLog = (): Log => {
  const logger = pino(
    { base: null, messageKey: 'event', errorKey: 'error' },
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
