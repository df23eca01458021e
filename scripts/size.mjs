// Weighs what a browser loads before the hearing room works: script, WebAssembly and style sheet, compressed with
// brotli as the server sends them. Fails above the limit. The other pages are weighed for the reader.

import { statSync } from "node:fs";
import { join } from "node:path";

const LIMIT_BYTES = 350_000;

const folder = process.argv[2] ?? "target/site";
const weigh = (entry) => {
  let total = 0;
  for (const name of ["start.js", `pkg/${entry}.js`, `pkg/${entry}.wasm`, `pkg/${entry}.css`]) {
    const [whole, packed] = [name, `${name}.br`].map((file) => statSync(join(folder, file)).size);
    total += packed;
    console.log(`      ${name}: ${whole} → ${packed} B brotli`);
  }
  return total;
};

const kilobytes = (bytes) => `${(bytes / 1000).toFixed(1)} kB`;
console.log(`      设备检测合计 / the equipment check: ${kilobytes(weigh("check"))}`);
console.log(`      其他页面合计 / other pages: ${kilobytes(weigh("pages"))}`);
const room = weigh("room");
console.log(`      听证室合计 / the room: ${kilobytes(room)}，上限 / limit: ${kilobytes(LIMIT_BYTES)}`);
process.exit(room > LIMIT_BYTES ? 1 : 0);
