// Puts beside each file of the pages its compressed twins, once and as small as can be, so that no visit waits for it.

import { readFileSync, readdirSync, writeFileSync } from "node:fs";
import { extname, join } from "node:path";
import { brotliCompressSync, constants, gzipSync } from "node:zlib";

const COMPRESSED = new Set([".css", ".js", ".svg", ".wasm"]);

const folder = process.argv[2] ?? "target/site";
for (const name of readdirSync(folder, { recursive: true })) {
  if (!COMPRESSED.has(extname(name))) continue;
  const path = join(folder, name);
  const bytes = readFileSync(path);
  const params = {
    [constants.BROTLI_PARAM_QUALITY]: constants.BROTLI_MAX_QUALITY,
    [constants.BROTLI_PARAM_SIZE_HINT]: bytes.length,
  };
  writeFileSync(`${path}.br`, brotliCompressSync(bytes, { params }));
  writeFileSync(`${path}.gz`, gzipSync(bytes, { level: 9 }));
}
