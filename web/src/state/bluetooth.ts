/** A real bike over Web Bluetooth. Browsers that have it offer it only on pages that came over HTTPS (or from this machine). */

import { shallowRef } from 'vue';

import {
  FITNESS_MACHINE,
  INDOOR_BIKE_DATA,
  readIndoorBikeData,
  readResistanceRange,
  RESISTANCE_RANGE,
  resistanceFromPower,
  ResistanceScale,
} from '../logic/ftms';
import { MAX_CADENCE, MAX_RESISTANCE, tenth, type Measurement } from '../logic/output';

// The parts of Web Bluetooth used here; TypeScript's own library does not know it.
interface Characteristic extends EventTarget {
  readonly value?: DataView;
  readValue(): Promise<DataView>;
  startNotifications(): Promise<Characteristic>;
}
interface Service {
  getCharacteristic(uuid: number): Promise<Characteristic>;
}
interface Device extends EventTarget {
  readonly name?: string;
  readonly gatt: {
    connect(): Promise<{ getPrimaryService(uuid: number): Promise<Service> }>;
    disconnect(): void;
  };
}
interface Bluetooth {
  requestDevice(options: { filters: { services: number[] }[] }): Promise<Device>;
}

const bluetooth = (navigator as Navigator & { bluetooth?: Bluetooth }).bluetooth;

/** Why there is no Bluetooth here, for people; empty when there is. */
export const bluetoothFault: string = bluetooth
  ? ''
  : isSecureContext
    ? 'This browser has no Web Bluetooth. Chrome and Edge have.'
    : 'Bluetooth needs HTTPS: ask whoever runs the server for its https address.';

export type BikeState = 'none' | 'choosing' | 'connecting' | 'connected' | 'lost';
export const bikeState = shallowRef<BikeState>('none');
export const bikeName = shallowRef('');
export const bikeTrouble = shallowRef('');

/** Older than this a reading says nothing about now, ms. Bikes send one to four a second. */
const freshFor = 3000;

let device: Device | null = null;
let last: { at: number; measured: Measurement } | null = null;
/** Some bikes spread their values over several messages. */
let merged: { cadence?: number; level?: number; power?: number; heartRate?: number } = {};
let scale = new ResistanceScale();

/** What the bike measured last; null when that was too long ago. */
export function bluetoothReading(): Measurement | null {
  return last && performance.now() - last.at < freshFor ? last.measured : null;
}

/** Lets the rider choose a bike; must come from a click. */
export async function connectBike(): Promise<void> {
  if (!bluetooth) return;
  bikeTrouble.value = '';
  bikeState.value = 'choosing';
  try {
    device = await bluetooth.requestDevice({ filters: [{ services: [FITNESS_MACHINE] }] });
    device.addEventListener('gattserverdisconnected', () => {
      bikeState.value = 'lost';
      void reconnect();
    });
    await attach(device);
  } catch (error) {
    bikeState.value = 'none';
    // The rider closed the chooser: no trouble.
    if (!(error instanceof DOMException && error.name === 'NotFoundError')) bikeTrouble.value = String((error as Error).message);
  }
}

async function attach(bike: Device): Promise<void> {
  bikeState.value = 'connecting';
  bikeName.value = bike.name ?? 'Bike';
  const service = await (await bike.gatt.connect()).getPrimaryService(FITNESS_MACHINE);
  try {
    const range = readResistanceRange(await (await service.getCharacteristic(RESISTANCE_RANGE)).readValue());
    scale = range ? new ResistanceScale(range) : new ResistanceScale();
  } catch {
    // It is optional.
    scale = new ResistanceScale();
  }
  const data = await service.getCharacteristic(INDOOR_BIKE_DATA);
  data.addEventListener('characteristicvaluechanged', () => {
    if (data.value) take(data.value);
  });
  await data.startNotifications();
  merged = {};
  bikeState.value = 'connected';
}

async function reconnect(): Promise<void> {
  for (let pause = 1000; device && bikeState.value === 'lost'; pause = Math.min(pause * 2, 8000)) {
    try {
      await attach(device);
      return;
    } catch {
      bikeState.value = 'lost';
      await new Promise((resolve) => setTimeout(resolve, pause));
    }
  }
}

function take(bytes: DataView): void {
  const data = readIndoorBikeData(bytes);
  if (!data) return;
  merged = {
    ...merged,
    ...(data.cadence !== undefined && { cadence: data.cadence }),
    ...(data.resistanceLevel !== undefined && { level: data.resistanceLevel }),
    ...(data.power !== undefined && { power: data.power }),
    ...(data.heartRate !== undefined && { heartRate: data.heartRate }),
  };
  if (merged.cadence === undefined) return;
  const resistance = merged.level !== undefined ? scale.percent(merged.level) : resistanceFromPower(merged.power ?? 0, merged.cadence);
  last = {
    at: performance.now(),
    measured: {
      cadence: tenth(merged.cadence, MAX_CADENCE),
      resistance: tenth(resistance, MAX_RESISTANCE),
      ...(merged.power !== undefined && merged.power > 0 && { power: Math.round(merged.power) }),
      ...(merged.heartRate !== undefined && { heartRate: merged.heartRate }),
    },
  };
}

export function disconnectBike(): void {
  const bike = device;
  device = null;
  last = null;
  bikeState.value = 'none';
  bike?.gatt.disconnect();
}
