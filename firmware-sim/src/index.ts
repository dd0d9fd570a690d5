export * from './devices/door-bank.ts';
export * from './devices/door-physics.ts';
export * from './devices/modbus-pdu.ts';
