// Weighs what a browser loads before the hearing room works: JavaScript, WebAssembly and style sheet, compressed with
// brotli as the server sends them. Fails above the limit.

import { readFileSync, readdirSync } from "node:fs";
import { extname, join } from "node:path";
import { brotliCompressSync, constants } from "node:zlib";

const LIMIT_BYTES = 350_000;
const WEIGHED = new Set([".js", ".wasm", ".css"]);

const folder = process.argv[2] ?? "target/site/pkg";
const quality = { params: { [constants.BROTLI_PARAM_QUALITY]: constants.BROTLI_MAX_QUALITY } };

let total = 0;
for (const name of readdirSync(folder, { recursive: true }).sort()) {
  if (!WEIGHED.has(extname(name))) continue;
  const bytes = readFileSync(join(folder, name));
  const packed = brotliCompressSync(bytes, quality).length;
  total += packed;
  console.log(`      ${name}: ${bytes.length} → ${packed} B brotli`);
}
if (total === 0) {
  console.error(`      ${folder}: 没有可称量的文件 / nothing to weigh`);
  process.exit(1);
}
console.log(`      合计 / total: ${(total / 1000).toFixed(1)} kB，上限 / limit: ${LIMIT_BYTES / 1000} kB`);
process.exit(total > LIMIT_BYTES ? 1 : 0);
