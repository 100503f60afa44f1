/**
 * The page of the log: verifies a receipt in the reader's own browser, with WebCrypto alone. This file is served as it
 * was written, but for its types, so that it can be read: `verify` is the way through it. Whoever does not trust the
 * form may import it and call its functions.
 */
import { start } from "./receipt/page";

export { parseEntry, commitment, parseOpenings } from "./receipt/entry";
export { parseKey } from "./receipt/keys";
export { parseReceipt } from "./receipt/proof";
export { conclude } from "./receipt/steps";
export { fetchGrowth, over } from "./receipt/tiles";
export { growth, leafHash, verifyConsistency, verifyInclusion } from "./receipt/tree";
export { verify } from "./receipt/verify";

start();
