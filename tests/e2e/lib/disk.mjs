// Disks that fail, hang, are full or read only.

import { rmSync, writeFileSync, renameSync } from 'node:fs';

import { programPath } from './world.mjs';

/** A node's LMDB file on a disk whose syncs can fail or hang (faulty_disk.cpp). */
export class FaultyDisk {
  /** @param {import('./world.mjs').World} world */
  constructor(world) {
    this.control = world.path('faulty-disk');
  }

  /** Variables of a node on this disk. */
  get env() {
    // A node with a sanitizer would complain that its runtime is not loaded first.
    return { LD_PRELOAD: programPath('libfaulty_disk.so'), FAULTY_DISK: this.control, ASAN_OPTIONS: 'verify_asan_link_order=0' };
  }

  /** @param {'eio' | 'hang'} state */
  become(state) {
    writeFileSync(`${this.control}.new`, state);
    renameSync(`${this.control}.new`, this.control);
  }

  recover() {
    rmSync(this.control, { force: true });
  }
}
