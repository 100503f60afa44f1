/**
 * The Merkle tree of RFC 6962 section 2.1, and the two proofs about it: that an entry stands in a tree, and that a
 * tree grew out of an older one. Sizes and indexes are bigint, because a log may outgrow a double's 53 bits.
 */
import { encodeHex, HASH_BYTES, Invalid, join, same, sha256 } from "./encoding";
import type { Bytes } from "./encoding";

/** The subtree over the leaves index·2**level up to (index + 1)·2**level. */
export interface Node {
  level: number;
  index: bigint;
}

/** The leaves from `first` up to, but not including, `end`. */
export interface Span {
  first: bigint;
  end: bigint;
}

/** SHA-256(0x00 ‖ entry). */
export function leafHash(entry: Bytes): Promise<Bytes> {
  return sha256(join(new Uint8Array([0]), entry));
}

/** SHA-256(0x01 ‖ left ‖ right). The two prefixes keep a node from passing for an entry. */
export function nodeHash(left: Bytes, right: Bytes): Promise<Bytes> {
  return sha256(join(new Uint8Array([1]), left, right));
}

/** How many bits a number has: 0 for 0, 3 for 4 to 7. */
function bitLength(value: bigint): number {
  return value === 0n ? 0 : value.toString(2).length;
}

/** The largest power of two below `width` (which is at least 2): where a tree divides into left and right. */
function split(width: bigint): bigint {
  return 1n << BigInt(bitLength(width - 1n) - 1);
}

/** The fewest complete subtrees that make up a span, leftmost first. */
export function subtrees({ first, end }: Span): Node[] {
  const found: Node[] = [];
  for (let at = first; at < end; ) {
    let level = bitLength(end - at) - 1;
    while (at & ((1n << BigInt(level)) - 1n)) level -= 1;
    found.push({ level, index: at >> BigInt(level) });
    at += 1n << BigInt(level);
  }
  return found;
}

/** The root over neighbouring complete subtrees, largest and leftmost first. There is at least one. */
export async function fold(hashes: Bytes[]): Promise<Bytes> {
  return hashes.slice(0, -1).reduceRight(async (root, left) => nodeHash(left, await root), Promise.resolve(hashes.at(-1)!));
}

/** The spans whose roots prove an entry (RFC 6962 section 2.1.1), the entry's sibling first. */
function path(index: bigint, size: bigint): Span[] {
  const spans: Span[] = [];
  let [first, end] = [0n, size];
  while (end - first > 1n) {
    const middle = first + split(end - first);
    if (index < middle) {
      spans.unshift({ first: middle, end });
      end = middle;
    } else {
      spans.unshift({ first, end: middle });
      first = middle;
    }
  }
  return spans;
}

/** The spans whose roots prove that a tree begins with an older one (RFC 6962 section 2.1.2), the deepest first. */
export function growth(oldSize: bigint, size: bigint): Span[] {
  const spans: Span[] = [];
  let [first, end] = [0n, size];
  while (oldSize !== end) {
    const middle = first + split(end - first);
    if (oldSize <= middle) {
      spans.unshift({ first: middle, end });
      end = middle;
    } else {
      spans.unshift({ first, end: middle });
      first = middle;
    }
  }
  // When the old tree is itself a subtree of the new one, its root need not be sent: the reader has it.
  return first > 0n ? [{ first, end }, ...spans] : spans;
}

/** What an inclusion proof is about. `leaf`, `root` and each hash are 32 bytes. */
export interface Inclusion {
  index: bigint;
  size: bigint;
  leaf: Bytes;
  proof: Bytes[];
  root: Bytes;
}

/** Refuses a proof that does not show that the leaf hash stands at `index` of the tree of `size` with this root. */
export async function verifyInclusion({ index, size, leaf, proof, root }: Inclusion): Promise<void> {
  if (size === 0n) throw new Invalid("the checkpoint is of an empty log (size 0): no entry stands in it");
  if (index < 0n || index >= size) {
    throw new Invalid(`the receipt is for entry ${index} of a log of ${size} entries, expected 0 to ${size - 1n}`);
  }
  const wanted = path(index, size);
  checkNumber(proof, wanted.length, `the proof for entry ${index} of ${size}`);
  let reached = leaf;
  for (const [at, sibling] of proof.entries()) {
    const isLeft = wanted[at]!.first < index;
    reached = isLeft ? await nodeHash(sibling, reached) : await nodeHash(reached, sibling);
  }
  checkRoot(reached, root, `the proof for entry ${index} of ${size}`);
}

/** What a consistency proof is about. Roots and hashes are 32 bytes. */
export interface Growth {
  oldSize: bigint;
  size: bigint;
  oldRoot: Bytes;
  root: Bytes;
  proof: Bytes[];
}

/** Refuses a proof that does not show that the tree of `size` begins with the tree of `oldSize`. */
export async function verifyConsistency({ oldSize, size, oldRoot, root, proof }: Growth): Promise<void> {
  if (oldSize <= 0n || oldSize > size) {
    throw new Invalid(`nothing can be shown from size ${oldSize} to size ${size}, expected 1 to ${size}`);
  }
  checkNumber(proof, growth(oldSize, size).length, `the proof from size ${oldSize} to ${size}`);
  const left = [...proof];
  const [oldReached, reached] = await bothRoots(oldSize, size, oldRoot, left);
  checkRoot(oldReached, oldRoot, `the proof from size ${oldSize} to ${size}, for the older tree,`);
  checkRoot(reached, root, `the proof from size ${oldSize} to ${size}`);
}

/**
 * The roots of the old and of the new tree, both out of the same hashes: that is what ties them together. The proof's
 * last hash is the outermost one, so the way down takes hashes from the end. `known` is the old root where it need not
 * be sent, that is, as long as the way has not turned right.
 */
async function bothRoots(oldSize: bigint, size: bigint, known: Bytes | null, proof: Bytes[]): Promise<[Bytes, Bytes]> {
  if (oldSize === size) {
    const own = known ?? proof.pop()!;
    return [own, own];
  }
  const middle = split(size);
  const beside = proof.pop()!;
  if (oldSize <= middle) {
    const [old, grown] = await bothRoots(oldSize, middle, known, proof);
    return [old, await nodeHash(grown, beside)];
  }
  const [old, grown] = await bothRoots(oldSize - middle, size - middle, null, proof);
  return [await nodeHash(beside, old), await nodeHash(beside, grown)];
}

function checkNumber(proof: Bytes[], wanted: number, what: string): void {
  if (proof.length !== wanted) throw new Invalid(`${what} has ${proof.length} hashes, expected ${wanted}`);
  for (const [at, hash] of proof.entries()) {
    if (hash.length !== HASH_BYTES) throw new Invalid(`hash ${at} of ${what} has ${hash.length} bytes, expected ${HASH_BYTES}`);
  }
}

function checkRoot(got: Bytes, expected: Bytes, what: string): void {
  if (!same(got, expected)) throw new Invalid(`${what} leads to root ${encodeHex(got)}, expected ${encodeHex(expected)}`);
}
