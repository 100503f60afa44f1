/** The log as it is served: a checkpoint, tiles of hashes, bundles of entries (C2SP tlog-tiles). */
import { HASH_BYTES, Invalid } from "./encoding";
import type { Bytes } from "./encoding";
import { fold, growth, nodeHash, subtrees } from "./tree";
import type { Node } from "./tree";

/** A tile holds up to 256 hashes, so one of level L holds roots over 256**L entries each. */
const WIDTH = 256n;
const HEIGHT = 8;
const LENGTH_BYTES = 2;
const PATIENCE_MS = 20_000;

/** Nothing came: the network is off, or the log's server is. This shows nothing against the log. */
export class Unreachable extends Error {}

/** Gets what is served below the log's address, such as `checkpoint` or `tile/0/000`. Null: there is no such thing. */
export type Fetch = (path: string) => Promise<Bytes | null>;

/** Gets a path below this address over HTTP. */
export function over(prefix: string): Fetch {
  return async (path) => {
    let answer: Response;
    try {
      answer = await fetch(prefix + path, { cache: "no-store", credentials: "omit", signal: AbortSignal.timeout(PATIENCE_MS) });
      if (answer.ok) return new Uint8Array(await answer.arrayBuffer());
    } catch {
      throw new Unreachable(`${prefix + path} gave no answer`);
    }
    if (answer.status === 404) return null;
    throw new Unreachable(`${prefix + path} answered with status ${answer.status}`);
  };
}

/** Where a tile lies: groups of three digits, all but the last behind an x, and the width if it is not full. */
export function tilePath(level: number | "entries", index: bigint, width: bigint): string {
  const digits = String(index);
  const groups = digits.padStart(Math.ceil(digits.length / 3) * 3, "0").match(/.{3}/g)!;
  const last = groups.pop()!;
  const partial = width === WIDTH ? "" : `.p/${width}`;
  return `tile/${level}/${groups.map((group) => `x${group}/`).join("")}${last}${partial}`;
}

/** An entry's bytes, out of its bundle, in a log of so many entries. */
export async function fetchEntry(get: Fetch, index: bigint, size: bigint): Promise<Bytes> {
  if (index >= size) {
    throw new Invalid(`the receipt is for entry ${index} of a log of ${size} entries, expected one that is in it`);
  }
  const { data, width, path } = await fetchTile(get, "entries", index / WIDTH, size);
  return decodeBundle(data, width, path)[Number(index % WIDTH)]!;
}

/** The hashes that prove that the log of `size` begins with the log of `oldSize`, computed from its tiles. */
export async function fetchGrowth(get: Fetch, oldSize: bigint, size: bigint): Promise<Bytes[]> {
  const tiles = new Map<string, Promise<Bytes>>();
  const proof: Bytes[] = [];
  for (const span of growth(oldSize, size)) {
    const hashes: Bytes[] = [];
    for (const node of subtrees(span)) hashes.push(await fetchNode(get, node, size, tiles));
    proof.push(await fold(hashes));
  }
  return proof;
}

/** A node's hash: one of a tile's, or, where the node lies between two levels of tiles, the root over some of them. */
async function fetchNode(get: Fetch, node: Node, size: bigint, tiles: Map<string, Promise<Bytes>>): Promise<Bytes> {
  const inner = BigInt(node.level % HEIGHT);
  const level = Math.floor(node.level / HEIGHT);
  const first = node.index << inner;
  const name = `${level}/${first / WIDTH}`;
  const tile = tiles.get(name) ?? fetchHashes(get, level, first / WIDTH, size);
  tiles.set(name, tile);
  const start = Number(first % WIDTH) * HASH_BYTES;
  return subtreeRoot((await tile).slice(start, start + (HASH_BYTES << Number(inner))));
}

/** The root over hashes one after the other, whose number is a power of two. */
async function subtreeRoot(hashes: Bytes): Promise<Bytes> {
  if (hashes.length === HASH_BYTES) return hashes;
  const middle = hashes.length / 2;
  return nodeHash(await subtreeRoot(hashes.slice(0, middle)), await subtreeRoot(hashes.slice(middle)));
}

async function fetchHashes(get: Fetch, level: number, index: bigint, size: bigint): Promise<Bytes> {
  const { data, width, path } = await fetchTile(get, level, index, size);
  if (data.length !== width * HASH_BYTES) {
    throw new Invalid(`${path} has ${data.length} bytes, expected ${width * HASH_BYTES}`);
  }
  return data;
}

interface Tile {
  data: Bytes;
  width: number;
  path: string;
}

/** A tile as wide as a log of `size` makes it. Where the partial one has gone, the full one in its place will do. */
async function fetchTile(get: Fetch, level: number | "entries", index: bigint, size: bigint): Promise<Tile> {
  const wide = (size >> BigInt(level === "entries" ? 0 : HEIGHT * level)) - index * WIDTH;
  const width = wide < WIDTH ? wide : WIDTH;
  for (const one of width === WIDTH ? [WIDTH] : [width, WIDTH]) {
    const path = tilePath(level, index, one);
    const data = await get(path);
    if (data !== null) return { data, width: Number(one), path };
  }
  throw new Invalid(`the log has no ${tilePath(level, index, width)}, expected in a log of ${size} entries`);
}

/** The entries of a bundle, each after its length in 2 bytes. */
function decodeBundle(data: Bytes, width: number, path: string): Bytes[] {
  const entries: Bytes[] = [];
  let at = 0;
  while (at < data.length && entries.length < width) {
    const start = at + LENGTH_BYTES;
    at = start + ((data[at]! << 8) | (data[at + 1] ?? 0));
    if (at > data.length) throw new Invalid(`${path} ends at byte ${data.length} within entry ${entries.length}, expected ${at}`);
    entries.push(data.slice(start, at));
  }
  if (entries.length !== width || at !== data.length) {
    const came = `${entries.length} entries and ${data.length - at} bytes after them`;
    throw new Invalid(`${path} holds ${came}, expected ${width} entries`);
  }
  return entries;
}
