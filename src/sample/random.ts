/** Chance without surprise: streams of numbers that depend on nothing but the seed and the name of the stream. */
import { xoroshiro128plusFromState } from "pure-rand/generator/xoroshiro128plus";
import type { RandomGenerator } from "pure-rand/types/RandomGenerator";

const TWO32 = 2 ** 32;

/**
 * A stream of its own for each (seed, stream, index). Streams of one seed never begin in the same state, because the index
 * is a part of it. Only additions and multiplications, so that every platform rounds alike.
 */
export class Random {
  readonly #generator: RandomGenerator;

  constructor(seed: number, stream: number, index = 0) {
    const low = mix(seed >>> 0);
    const high = mix(Math.floor(seed / TWO32) ^ low);
    this.#generator = xoroshiro128plusFromState([
      low ^ mix(stream + 1),
      high,
      (index + 1) | 0,
      mix(stream ^ 0x5bd1e995),
    ]);
    // Neighbouring states give neighbouring numbers at first.
    for (let skipped = 0; skipped < 24; skipped += 1) this.#generator.next();
  }

  /** 32 bits, unsigned. */
  bits(): number {
    return this.#generator.next() >>> 0;
  }

  /** From 0 (included) to 1 (not included). */
  float(): number {
    return this.bits() / TWO32;
  }

  /** A whole number; both ends included. */
  int(low: number, high: number): number {
    return low + Math.floor(this.float() * (high - low + 1));
  }

  chance(probability: number): boolean {
    return this.float() < probability;
  }

  /** One of a list that is not empty. */
  pick<T>(list: readonly T[]): T {
    return list[Math.floor(this.float() * list.length)] as T;
  }

  /** One of a list that is not empty, by weight. */
  weighted<T>(list: readonly (readonly [weight: number, value: T])[]): T {
    let left = this.float() * list.reduce((sum, [weight]) => sum + weight, 0);
    for (const [weight, value] of list) {
      left -= weight;
      if (left < 0) return value;
    }
    return (list.at(-1) as readonly [number, T])[1];
  }

  /** Bell-shaped, never further than 3 deviations from the mean. */
  around(mean: number, deviation: number): number {
    return mean + deviation * 2 * (this.float() + this.float() + this.float() - 1.5);
  }

  uuid(): string {
    const [a, b, c, d] = [this.bits(), this.bits(), this.bits(), this.bits()];
    const version = 0x4000 | (b & 0x0fff);
    const variant = 0x8000 | ((c >>> 16) & 0x3fff);
    return `${hex8(a)}-${hex4(b >>> 16)}-${hex4(version)}-${hex4(variant)}-${hex4(c & 0xffff)}${hex8(d)}`;
  }
}

const hexes = Array.from({ length: 0x10000 }, (_, bits) => bits.toString(16).padStart(4, "0"));
const hex4 = (bits: number) => hexes[bits] as string;
const hex8 = (bits: number) => hex4(bits >>> 16) + hex4(bits & 0xffff);

/** The finalizer of MurmurHash3: each of 32 bits depends on each, and no two numbers share a result. */
function mix(value: number): number {
  let h = value | 0;
  h = Math.imul(h ^ (h >>> 16), 0x85ebca6b);
  h = Math.imul(h ^ (h >>> 13), 0xc2b2ae35);
  return h ^ (h >>> 16);
}
