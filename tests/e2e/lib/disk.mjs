// Disks that fail, hang, are full or read only.

import { mkdirSync, renameSync, rmSync, statfsSync, writeFileSync } from 'node:fs';

import { until } from './until.mjs';
import { programPath } from './world.mjs';

/** A node's LMDB file on a disk whose syncs can fail or hang (faulty_disk.cpp). */
export class FaultyDisk {
  /** @param {import('./world.mjs').World} world */
  constructor(world) {
    this.control = world.path('faulty-disk');
  }

  /** How a node is started on this disk. */
  get launch() {
    // A node with a sanitizer would complain that its runtime is not loaded first.
    return { env: { LD_PRELOAD: programPath('libfaulty_disk.so'), FAULTY_DISK: this.control, ASAN_OPTIONS: 'verify_asan_link_order=0' } };
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

/**
 * A small disk of its own: a tmpfs that only programs started "by" it see, and that is gone with its world. Anybody may make one
 * (without root, in a user namespace).
 */
export class SmallDisk {
  /**
   * @param {import('./world.mjs').World} world
   * @param {string} folder  where it is mounted, below the world's
   * @param {number} megabytes
   */
  static async mount(world, folder, megabytes) {
    const disk = new SmallDisk();
    disk.at = world.path(folder);
    mkdirSync(disk.at, { recursive: true });
    disk.user = process.getuid() === 0 ? [] : ['--user', '--map-root-user'];
    const script = 'mount -t tmpfs -o size="$1"m tmpfs "$2" && echo mounted && exec sleep infinity';
    disk.holder = world.run('disk', 'unshare', [...disk.user, '--mount', 'sh', '-c', script, 'sh', `${megabytes}`, disk.at]);
    await until('the disk is mounted', () => disk.holder.stdout.includes('mounted') || !disk.holder.running);
    if (!disk.holder.running) throw new Error(`no small disk:\n${disk.holder.report}`);
    return disk;
  }

  /** A command that runs what follows it where this disk is seen. */
  get by() {
    const user = this.user.length === 0 ? [] : ['--user', '--preserve-credentials'];
    return ['nsenter', '--target', `${this.holder.child.pid}`, '--mount', ...user];
  }

  get launch() {
    return { by: this.by };
  }

  /** A path on the disk, as seen from outside. */
  path(name = '') {
    return `/proc/${this.holder.child.pid}/root${this.at}/${name}`;
  }

  get freeBytes() {
    const { bavail, bsize } = statfsSync(this.path());
    return bavail * bsize;
  }

  /** Takes all the room but this much. */
  fill(leaveBytes = 0) {
    writeFileSync(this.path('filler'), Buffer.alloc(Math.max(0, this.freeBytes - leaveBytes)));
  }

  /** Gives the room back. */
  empty() {
    rmSync(this.path('filler'), { force: true });
  }

  /** @param {import('./world.mjs').World} world */
  async becomeReadOnly(world) {
    const [program, ...args] = this.by;
    const remount = world.run('remount', program, [...args, 'mount', '-o', 'remount,ro', this.at]);
    if ((await remount.ended) !== 0) throw new Error(`not remounted:\n${remount.report}`);
  }
}
