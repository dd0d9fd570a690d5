export * from './devices/device-state.ts';
export * from './devices/door-machine.ts';
export * from './devices/machine.ts';
